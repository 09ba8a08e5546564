// Package backup keeps what is in a cluster: a plan of Backup for GKE that
// copies every object, secret and volume on a schedule, and a plan by which a
// copy is brought back. The agent in the cluster is the cluster's own addon.
// How to restore, step by step, is in docs/runbooks.
package backup

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/gkebackup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:backup:Backup"

// Args says what is kept, for how long, and under which key.
type Args struct {
	Project  pulumi.StringInput // with GKEBackup on
	Region   string             // where copies lie: the key's and the cluster's
	Cluster  pulumi.StringInput // full name: projects/…/locations/…/clusters/…
	Key      pulumi.StringInput // granted to Backup for GKE's agent
	Schedule string             // cron, in UTC
	// RetainDays is when a copy goes by itself, LockDays until when nobody can
	// delete it.
	RetainDays, LockDays int
	Protect              bool
}

// Backup is the two plans of a cluster.
type Backup struct {
	pulumi.ResourceState

	Plan    pulumi.StringOutput `pulumi:"plan"`    // full name of the plan that copies
	Restore pulumi.StringOutput `pulumi:"restore"` // full name of the plan that brings back
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Cluster == nil || a.Key == nil || a.Region == "" || a.Schedule == "" {
		errs = append(errs, errors.New("Args.Project, Cluster, Key, Region and Schedule are required"))
	}
	if a.LockDays < 1 || a.RetainDays < a.LockDays {
		errs = append(errs, fmt.Errorf("Args.LockDays %d and RetainDays %d: a copy is locked for a day or more, and kept for as long", a.LockDays, a.RetainDays))
	}
	return errors.Join(errs...)
}

// New makes the plans.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Backup, error) {
	if args == nil {
		return nil, fmt.Errorf("backup.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("backup.New %q: %w", name, err)
	}
	b := &Backup{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, b, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	plan, err := gkebackup.NewBackupPlan(ctx, name+"-plan", &gkebackup.BackupPlanArgs{
		Project:     args.Project,
		Location:    pulumi.String(args.Region),
		Cluster:     args.Cluster,
		Description: pulumi.String("Every object, secret and volume of the cluster."),
		BackupConfig: gkebackup.BackupPlanBackupConfigArgs{
			AllNamespaces:     pulumi.Bool(true),
			IncludeSecrets:    pulumi.Bool(true),
			IncludeVolumeData: pulumi.Bool(true),
			EncryptionKey:     gkebackup.BackupPlanBackupConfigEncryptionKeyArgs{GcpKmsEncryptionKey: args.Key},
		},
		BackupSchedule: gkebackup.BackupPlanBackupScheduleArgs{CronSchedule: pulumi.String(args.Schedule)},
		RetentionPolicy: gkebackup.BackupPlanRetentionPolicyArgs{
			BackupRetainDays:     pulumi.Int(args.RetainDays),
			BackupDeleteLockDays: pulumi.Int(args.LockDays),
		},
	}, pulumi.Parent(b), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the backup plan: %w", err)
	}
	b.Plan = plan.ID().ToStringOutput()
	restore, err := b.newRestore(ctx, name+"-restore", args)
	if err != nil {
		return nil, err
	}
	b.Restore = restore.ID().ToStringOutput()
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"plan": b.Plan, "restore": b.Restore})
}

// newRestore plans the way back into the same cluster: what is missing is
// brought back with its volumes, and what is there stays. Objects outside
// namespaces are the program's, which makes them again.
func (b *Backup) newRestore(ctx *pulumi.Context, name string, args *Args) (*gkebackup.RestorePlan, error) {
	restore, err := gkebackup.NewRestorePlan(ctx, name, &gkebackup.RestorePlanArgs{
		Project:     args.Project,
		Location:    pulumi.String(args.Region),
		Cluster:     args.Cluster,
		BackupPlan:  b.Plan,
		Description: pulumi.String("Brings back what is missing in the cluster, volumes included, and changes nothing that is there."),
		RestoreConfig: gkebackup.RestorePlanRestoreConfigArgs{
			AllNamespaces:                 pulumi.Bool(true),
			NamespacedResourceRestoreMode: pulumi.String("MERGE_SKIP_ON_CONFLICT"),
			VolumeDataRestorePolicy:       pulumi.String("RESTORE_VOLUME_DATA_FROM_BACKUP"),
			ClusterResourceConflictPolicy: pulumi.String("USE_EXISTING_VERSION"),
			ClusterResourceRestoreScope:   gkebackup.RestorePlanRestoreConfigClusterResourceRestoreScopeArgs{NoGroupKinds: pulumi.Bool(true)},
		},
	}, pulumi.Parent(b))
	if err != nil {
		return nil, fmt.Errorf("create the restore plan: %w", err)
	}
	return restore, nil
}
