package audit

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LogTypes are the audit logs that can be turned off. Those of changes to
// resources are always on.
var LogTypes = []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"}

// recentDays is for how long entries can be searched. What is older lies in
// the archive.
const recentDays = 30

// newAuditLogs turns on every audit log of every service, for everybody.
func (a *Audit) newAuditLogs(ctx *pulumi.Context, name string, args *Args) error {
	var types projects.IAMAuditConfigAuditLogConfigArray
	for _, logType := range LogTypes {
		types = append(types, projects.IAMAuditConfigAuditLogConfigArgs{LogType: pulumi.String(logType)})
	}
	_, err := projects.NewIAMAuditConfig(ctx, name+"-logs", &projects.IAMAuditConfigArgs{
		Project:         args.Project,
		Service:         pulumi.String("allServices"),
		AuditLogConfigs: types,
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("turn audit logs on: %w", err)
	}
	return nil
}

// newArchive copies every log entry, without a filter, to the bucket. The
// identity that writes is made with the sink, and may only add objects.
func (a *Audit) newArchive(ctx *pulumi.Context, name string, args *Args) error {
	sink, err := logging.NewProjectSink(ctx, name+"-archive", &logging.ProjectSinkArgs{
		Project:              args.Logging,
		Description:          pulumi.String("Keeps a copy of every log entry where nobody can change it."),
		Destination:          pulumi.Sprintf("storage.googleapis.com/%s", args.Bucket),
		UniqueWriterIdentity: pulumi.Bool(true),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the sink: %w", err)
	}
	a.Writer = sink.WriterIdentity
	_, err = storage.NewBucketIAMMember(ctx, name+"-archive-writer", &storage.BucketIAMMemberArgs{
		Bucket: args.Bucket,
		Role:   pulumi.String("roles/storage.objectCreator"),
		Member: sink.WriterIdentity,
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("let the sink write: %w", err)
	}
	return nil
}

// sortedElsewhere is what Google's own _Default sink leaves out: entries that
// Google keeps in the _Required bucket for 400 days, and which nobody can
// route away. cloud.google.com/logging/docs/routing/overview
const sortedElsewhere = `NOT LOG_ID("cloudaudit.googleapis.com/activity") AND NOT LOG_ID("externalaudit.googleapis.com/activity") ` +
	`AND NOT LOG_ID("cloudaudit.googleapis.com/system_event") AND NOT LOG_ID("externalaudit.googleapis.com/system_event") ` +
	`AND NOT LOG_ID("cloudaudit.googleapis.com/access_transparency") AND NOT LOG_ID("externalaudit.googleapis.com/access_transparency")`

// newLogBucket keeps log entries in our region. Google's _Default bucket lies
// wherever Google likes, which a project cannot change (LGPD art. 33), so the
// _Default sink is pointed at a bucket of our own, and the _Default bucket
// keeps for as short a time as Google allows what came before.
func (a *Audit) newLogBucket(ctx *pulumi.Context, name string, args *Args) error {
	_, err := logging.NewProjectBucketConfig(ctx, name+"-default", &logging.ProjectBucketConfigArgs{
		Project:       args.Logging,
		Location:      pulumi.String("global"),
		BucketId:      pulumi.String("_Default"),
		Description:   pulumi.String("Google's own bucket; entries go to the one of our region."),
		RetentionDays: pulumi.Int(1),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("bound Google's default bucket: %w", err)
	}
	bucket, err := logging.NewProjectBucketConfig(ctx, name+"-recent", &logging.ProjectBucketConfigArgs{
		Project:         args.Logging,
		Location:        pulumi.String(args.Region),
		BucketId:        pulumi.String("recent-" + args.Region),
		Description:     pulumi.String("What the Logs Explorer searches; older entries are in the archive."),
		RetentionDays:   pulumi.Int(recentDays),
		EnableAnalytics: pulumi.Bool(true),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create our region's bucket: %w", err)
	}
	_, err = logging.NewProjectSink(ctx, name+"-default-sink", &logging.ProjectSinkArgs{
		Project:     args.Logging,
		Name:        pulumi.String("_Default"),
		Description: pulumi.String("Keeps log entries in our region."),
		Destination: pulumi.Sprintf("logging.googleapis.com/%s", bucket.ID()),
		Filter:      pulumi.String(sortedElsewhere),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("point the default sink at our region: %w", err)
	}
	return nil
}
