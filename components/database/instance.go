package database

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// growsByItself: Cloud SQL enlarges the disk, and a plan that saw the first
// size would shrink it, which means a new instance.
var growsByItself = []string{"settings.diskSize"}

func (d *Database) newPrimary(ctx *pulumi.Context, name string, args *Args) (*sql.DatabaseInstance, error) {
	settings := settings(args, args.Primary)
	settings.AvailabilityType = pulumi.String("REGIONAL")
	settings.BackupConfiguration = sql.DatabaseInstanceSettingsBackupConfigurationArgs{
		Enabled:                     pulumi.Bool(true),
		PointInTimeRecoveryEnabled:  pulumi.Bool(true),
		TransactionLogRetentionDays: pulumi.Int(7),
		StartTime:                   pulumi.String("06:00"), // UTC; 03:00 in São Paulo
		BackupRetentionSettings: sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs{
			RetainedBackups: pulumi.Int(args.Backups), RetentionUnit: pulumi.String("COUNT"),
		},
	}
	settings.MaintenanceWindow = sql.DatabaseInstanceSettingsMaintenanceWindowArgs{
		Day: pulumi.Int(7), Hour: pulumi.Int(6), UpdateTrack: pulumi.String("stable"),
	}
	settings.PasswordValidationPolicy = sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs{
		EnablePasswordPolicy: pulumi.Bool(true), MinLength: pulumi.Int(16),
		Complexity: pulumi.String("COMPLEXITY_DEFAULT"), DisallowUsernameSubstring: pulumi.Bool(true),
	}
	primary, err := sql.NewDatabaseInstance(ctx, name+"-primary", &sql.DatabaseInstanceArgs{
		Project:            args.Project,
		Region:             pulumi.String(args.Primary.Region),
		DatabaseVersion:    pulumi.String(args.Version),
		EncryptionKeyName:  args.Primary.Key,
		DeletionProtection: pulumi.Bool(args.Protect),
		Settings:           settings,
	}, pulumi.Parent(d), pulumi.Protect(args.Protect), pulumi.IgnoreChanges(growsByItself))
	if err != nil {
		return nil, fmt.Errorf("create the primary: %w", err)
	}
	return primary, nil
}

func (d *Database) newReplica(ctx *pulumi.Context, name string, args *Args, primary *sql.DatabaseInstance, place Place) (*sql.DatabaseInstance, error) {
	settings := settings(args, place)
	settings.AvailabilityType = pulumi.String("ZONAL")
	replica, err := sql.NewDatabaseInstance(ctx, name+"-"+place.Region+"-replica", &sql.DatabaseInstanceArgs{
		Project:            args.Project,
		Region:             pulumi.String(place.Region),
		DatabaseVersion:    pulumi.String(args.Version),
		InstanceType:       pulumi.String("READ_REPLICA_INSTANCE"),
		MasterInstanceName: primary.Name,
		EncryptionKeyName:  place.Key,
		DeletionProtection: pulumi.Bool(args.Protect),
		Settings:           settings,
	}, pulumi.Parent(d), pulumi.Protect(args.Protect), pulumi.IgnoreChanges(growsByItself))
	if err != nil {
		return nil, fmt.Errorf("create the instance: %w", err)
	}
	return replica, nil
}

// settings are what the primary and a replica share.
func settings(args *Args, place Place) *sql.DatabaseInstanceSettingsArgs {
	return &sql.DatabaseInstanceSettingsArgs{
		Edition:                   pulumi.String(args.Edition),
		Tier:                      pulumi.String(args.Tier),
		DiskType:                  pulumi.String("PD_SSD"),
		DiskSize:                  pulumi.Int(args.DiskGB),
		DiskAutoresize:            pulumi.Bool(true),
		DeletionProtectionEnabled: pulumi.Bool(args.Protect),
		DatabaseFlags:             databaseFlags(),
		IpConfiguration: sql.DatabaseInstanceSettingsIpConfigurationArgs{
			Ipv4Enabled:      pulumi.Bool(false),
			PrivateNetwork:   args.Network,
			AllocatedIpRange: place.Range,
			SslMode:          pulumi.String("TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
			RequireSsl:       pulumi.Bool(true), //nolint:staticcheck // the older name of sslMode: the provider still wants the pair
		},
		InsightsConfig: sql.DatabaseInstanceSettingsInsightsConfigArgs{
			QueryInsightsEnabled: pulumi.Bool(true), QueryPlansPerMinute: pulumi.Int(5), QueryStringLength: pulumi.Int(1024),
			RecordApplicationTags: pulumi.Bool(true),
			// Addresses of clients are personal data, and behind the pooler say nothing.
			RecordClientAddress: pulumi.Bool(false),
		},
	}
}
