package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/components/storage"
	"github.com/avila-devops/saas/stacks/spec"
)

// newAccessLogs makes the bucket that records who read or wrote what in the
// others. Accesses to it stand in the audit log alone.
func (e *Environment) newAccessLogs(ctx *pulumi.Context) (err error) {
	args := e.logBucket()
	args.Writers = map[string]pulumi.StringInput{"usage": pulumi.String(storage.UsageLogger)}
	e.logs, err = storage.NewLogs(ctx, "accesslogs", args, pulumi.Parent(e))
	return err
}

// logBucket is a bucket of logs in the primary region.
func (e *Environment) logBucket() *storage.LogsArgs {
	primary := e.spec.Primary().Name
	return &storage.LogsArgs{
		Project:       e.project.With(project.Storage),
		Region:        string(primary),
		Key:           e.keys[primary].Key(keyLogs),
		RetentionDays: e.spec.Audit.LogDays,
		Locked:        e.spec.LogsLocked(),
		Protect:       e.spec.Protected(),
	}
}

func (e *Environment) newStorage(ctx *pulumi.Context) (err error) {
	primary := e.spec.Primary().Name
	args := &storage.Args{
		Project:  e.project.With(project.Storage),
		Accounts: e.project.With(project.IAM),
		Region:   string(primary),
		Key:      e.keys[primary].Key(keyStorage),
		Logs:     e.logs.Bucket,
		Protect:  e.spec.Protected(),
	}
	for _, tenant := range e.spec.Tenants {
		if tenant.State == spec.Erased {
			continue // its folder goes once its files are gone
		}
		args.Tenants = append(args.Tenants, storage.Tenant{
			ID:      tenant.ID,
			Folder:  tenant.Folder(),
			Account: tenant.AccountID(),
			Active:  tenant.State == spec.Active,
		})
	}
	e.media, err = storage.New(ctx, "media", args, pulumi.Parent(e))
	return err
}
