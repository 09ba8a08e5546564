package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/audit"
	"github.com/avila-devops/saas/components/backup"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/components/storage"
)

// newAudit keeps the record of what happens, in a bucket of its own.
func (e *Environment) newAudit(ctx *pulumi.Context) (err error) {
	bucket := e.logBucket()
	bucket.Logs = e.logs.Bucket
	e.archive, err = storage.NewLogs(ctx, "auditlogs", bucket, pulumi.Parent(e))
	if err != nil {
		return err
	}
	wanted := e.spec.Audit
	args := &audit.Args{
		Project:       e.project.With(project.ResourceManager),
		Logging:       e.project.With(project.Logging),
		Monitoring:    e.project.With(project.Monitoring),
		Budgets:       e.project.With(project.BillingBudgets),
		Contacting:    e.project.With(project.EssentialContacts),
		ProjectID:     e.spec.ProjectID,
		ProjectNumber: e.spec.ProjectNumber,
		Region:        string(e.spec.Primary().Name),
		Bucket:        e.archive.Bucket,
		Alerts:        wanted.Alerts,
		Hosts:         map[string]audit.Host{},
		Budget:        audit.Budget(wanted.Budget),
	}
	for _, contact := range wanted.Contacts {
		told := audit.Contact{Email: contact.Email, Language: contact.Language}
		for _, category := range contact.Categories {
			told.Categories = append(told.Categories, string(category))
		}
		args.Contacts = append(args.Contacts, told)
	}
	for key, host := range e.spec.WatchedHosts() {
		args.Hosts[key] = audit.Host{Name: host.Host, Tenant: host.Tenant, Empty: host.Empty}
	}
	e.audit, err = audit.New(ctx, "audit", args, pulumi.Parent(e))
	return err
}

// newBackups keeps copies of each cluster in its own region: a cluster of
// another region does not need them, and what they hold stays where it was.
func (e *Environment) newBackups(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		made, err := backup.New(ctx, "backup-"+string(region.Name), &backup.Args{
			Project:    e.project.With(project.GKEBackup),
			Region:     string(region.Name),
			Cluster:    pulumi.Sprintf("projects/%s/locations/%s/clusters/%s", e.spec.ProjectID, region.Name, e.clusters[region.Name].Name),
			Key:        e.keys[region.Name].Key(keyBackup),
			Schedule:   e.spec.Backup.Schedule,
			RetainDays: e.spec.Backup.RetainDays,
			LockDays:   e.spec.Backup.LockDays,
			Protect:    e.spec.Protected(),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.backups[region.Name] = made
	}
	return nil
}
