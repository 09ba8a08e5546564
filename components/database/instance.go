package database

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// growsByItself: Cloud SQL enlarges the disk, and a plan that saw the first
// size would shrink it, which means a new instance.
var growsByItself = []string{"settings.diskSize"}

const (
	takesWrites = "CLOUD_SQL_INSTANCE"
	replicates  = "READ_REPLICA_INSTANCE"
)

// newInstance makes a primary, or with a master its replica. Both are written
// so that they differ in what a promotion changes in place and in nothing that
// replaces: the type goes from READ_REPLICA_INSTANCE to CLOUD_SQL_INSTANCE in
// the same update in which the master's name goes. Either one alone does not
// promote. docs/runbooks/failover.md
func (d *Database) newInstance(ctx *pulumi.Context, name string, args *Args, instance Instance, master *sql.DatabaseInstance) (*sql.DatabaseInstance, error) {
	inputs := &sql.DatabaseInstanceArgs{
		Project:            args.Project,
		Region:             pulumi.String(instance.Region),
		DatabaseVersion:    pulumi.String(args.Version),
		InstanceType:       pulumi.String(takesWrites),
		EncryptionKeyName:  instance.Key,
		DeletionProtection: pulumi.Bool(instance.Protect),
	}
	shared := settings(args, instance)
	if master == nil {
		forWrites(shared, args, instance)
	} else {
		inputs.InstanceType, inputs.MasterInstanceName = pulumi.String(replicates), master.Name
		shared.AvailabilityType = pulumi.String("ZONAL")
	}
	inputs.Settings = shared
	made, err := sql.NewDatabaseInstance(ctx, name, inputs, pulumi.Parent(d), pulumi.Protect(instance.Protect), pulumi.IgnoreChanges(growsByItself))
	if err != nil {
		return nil, fmt.Errorf("create the instance: %w", err)
	}
	return made, nil
}

// settings are what the primary and a replica share.
func settings(args *Args, instance Instance) *sql.DatabaseInstanceSettingsArgs {
	return &sql.DatabaseInstanceSettingsArgs{
		Edition:                   pulumi.String(string(args.Edition)),
		Tier:                      pulumi.String(args.Tier),
		DiskType:                  pulumi.String("PD_SSD"),
		DiskSize:                  pulumi.Int(args.DiskGB),
		DiskAutoresize:            pulumi.Bool(true),
		DiskAutoresizeLimit:       pulumi.Int(args.DiskLimitGB),
		DeletionProtectionEnabled: pulumi.Bool(instance.Protect),
		DatabaseFlags:             databaseFlags(args.MaxConnections),
		UserLabels:                pulumi.ToStringMap(instance.Labels),
		// PgBouncer and the exporters connect by address with certificates;
		// enforcing Google's connectors would shut them out.
		ConnectorEnforcement: pulumi.String("NOT_REQUIRED"),
		DataCacheConfig:      sql.DatabaseInstanceSettingsDataCacheConfigArgs{DataCacheEnabled: pulumi.Bool(args.Edition == EnterprisePlus)},
		IpConfiguration: sql.DatabaseInstanceSettingsIpConfigurationArgs{
			Ipv4Enabled:      pulumi.Bool(false),
			PrivateNetwork:   args.Network,
			AllocatedIpRange: instance.Range,
			SslMode:          pulumi.String("TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
			RequireSsl:       pulumi.Bool(true), //nolint:staticcheck // the older name of sslMode: the provider still wants the pair
			ServerCaMode:     pulumi.String("GOOGLE_MANAGED_INTERNAL_CA"),
		},
		InsightsConfig: sql.DatabaseInstanceSettingsInsightsConfigArgs{
			QueryInsightsEnabled: pulumi.Bool(true), QueryPlansPerMinute: pulumi.Int(5), QueryStringLength: pulumi.Int(1024),
			RecordApplicationTags: pulumi.Bool(true),
			// Addresses of clients are personal data, and behind the pooler say nothing.
			RecordClientAddress: pulumi.Bool(false),
		},
	}
}

// forWrites adds what only an instance that takes writes has: replicas are
// neither backed up nor have users of their own, and follow their master's
// maintenance.
func forWrites(s *sql.DatabaseInstanceSettingsArgs, args *Args, instance Instance) {
	s.AvailabilityType = pulumi.String("REGIONAL")
	s.BackupConfiguration = sql.DatabaseInstanceSettingsBackupConfigurationArgs{
		Enabled:                     pulumi.Bool(true),
		Location:                    pulumi.String(instance.BackupRegion),
		PointInTimeRecoveryEnabled:  pulumi.Bool(true),
		TransactionLogRetentionDays: pulumi.Int(args.LogDays),
		StartTime:                   pulumi.String("06:00"), // UTC; 03:00 in São Paulo
		BackupRetentionSettings: sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs{
			RetainedBackups: pulumi.Int(args.Backups), RetentionUnit: pulumi.String("COUNT"),
		},
	}
	s.MaintenanceWindow = sql.DatabaseInstanceSettingsMaintenanceWindowArgs{
		Day: pulumi.Int(7), Hour: pulumi.Int(6), UpdateTrack: pulumi.String("stable"),
	}
	s.DenyMaintenancePeriod = sql.DatabaseInstanceSettingsDenyMaintenancePeriodArgs{
		StartDate: pulumi.String(args.QuietFrom), EndDate: pulumi.String(args.QuietTo), Time: pulumi.String("03:00:00"), // UTC; midnight in São Paulo
	}
	s.PasswordValidationPolicy = sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs{
		EnablePasswordPolicy: pulumi.Bool(true), MinLength: pulumi.Int(16),
		Complexity: pulumi.String("COMPLEXITY_DEFAULT"), DisallowUsernameSubstring: pulumi.Bool(true),
	}
}
