package storage

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LogsType is the logs component's type token, and part of the state's
// contract.
const LogsType = "saas:storage:Logs"

// UsageLogger is the group by which Cloud Storage writes access logs:
// cloud.google.com/storage/docs/access-logs.
const UsageLogger = "group:cloud-storage-analytics@google.com"

// objectCreator adds objects, and neither reads nor replaces any.
const objectCreator = "roles/storage.objectCreator"

const (
	coldDays    = 90 // when entries are seldom read any more
	logUndelete = 7  // Cloud Storage's own default, written down
)

// LogsArgs says where a bucket of logs lies and for how long it keeps them.
type LogsArgs struct {
	Project       pulumi.StringInput // with Storage on
	Region        string
	Key           pulumi.StringInput // granted to Cloud Storage's agent
	Logs          pulumi.StringInput // name of the bucket that access logs go to; nil for the bucket at the end of that chain
	Writers       map[string]pulumi.StringInput
	RetentionDays int
	// Locked makes the retention final: see docs/adr/0006.
	Locked  bool
	Protect bool
}

// Logs is a bucket whose objects can neither be changed nor deleted before
// their time.
type Logs struct {
	pulumi.ResourceState

	// Bucket is its name, known once all Writers may write.
	Bucket pulumi.StringOutput `pulumi:"bucket"`
}

func (a *LogsArgs) validate() error {
	var errs []error
	if a.Project == nil || a.Key == nil || a.Region == "" {
		errs = append(errs, errors.New("LogsArgs.Project, Key and Region are required"))
	}
	if a.RetentionDays < 1 {
		errs = append(errs, fmt.Errorf("LogsArgs.RetentionDays is %d: logs that are kept for no time are no evidence", a.RetentionDays))
	}
	return errors.Join(errs...)
}

// NewLogs makes the bucket. There are no versions: under retention nothing is
// ever replaced.
func NewLogs(ctx *pulumi.Context, name string, args *LogsArgs, opts ...pulumi.ResourceOption) (*Logs, error) {
	if args == nil {
		return nil, fmt.Errorf("storage.NewLogs %q: LogsArgs is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("storage.NewLogs %q: %w", name, err)
	}
	l := &Logs{}
	if err := ctx.RegisterComponentResourceV2(LogsType, name, pulumi.Map{"region": pulumi.String(args.Region)}, l, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	logs := private(args.Project, args.Region, args.Key)
	logs.SoftDeletePolicy = softDelete(logUndelete)
	logs.Logging = logTo(args.Logs, name)
	logs.RetentionPolicy = storage.BucketRetentionPolicyArgs{
		RetentionPeriod: pulumi.Int(args.RetentionDays * day),
		IsLocked:        pulumi.Bool(args.Locked),
	}
	logs.LifecycleRules = storage.BucketLifecycleRuleArray{
		after(coldDays, "SetStorageClass", "COLDLINE"),
		after(args.RetentionDays+1, "Delete", ""),
		after(staleUploadDays, "AbortIncompleteMultipartUpload", ""),
	}
	bucket, err := newBucket(ctx, name+"-bucket", logs, l, args.Protect)
	if err != nil {
		return nil, err
	}
	ready := []any{bucket.Name}
	for _, writer := range slices.Sorted(maps.Keys(args.Writers)) {
		grant, err := storage.NewBucketIAMMember(ctx, name+"-writer-"+writer, &storage.BucketIAMMemberArgs{
			Bucket: bucket.Name,
			Role:   pulumi.String(objectCreator),
			Member: args.Writers[writer],
		}, pulumi.Parent(l))
		if err != nil {
			return nil, fmt.Errorf("let %s write: %w", writer, err)
		}
		ready = append(ready, grant.ID())
	}
	l.Bucket = pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{"bucket": l.Bucket})
}
