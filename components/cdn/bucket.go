package cdn

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// oldVersionDays is how long a file that a release replaced can be brought
// back.
const oldVersionDays = 30

// newBucket makes the bucket of the static files. The apps' releases write
// there; its name is Google's to make unique.
func (c *CDN) newBucket(ctx *pulumi.Context, name string, args *Args) (*storage.Bucket, error) {
	made := &storage.BucketArgs{
		Project:                  args.Storage,
		Location:                 pulumi.String(args.Region),
		UniformBucketLevelAccess: pulumi.Bool(true),
		PublicAccessPrevention:   pulumi.String("enforced"),
		ForceDestroy:             pulumi.Bool(false),
		Versioning:               storage.BucketVersioningArgs{Enabled: pulumi.Bool(true)},
		Encryption:               storage.BucketEncryptionArgs{DefaultKmsKeyName: args.Key},
		LifecycleRules: storage.BucketLifecycleRuleArray{storage.BucketLifecycleRuleArgs{
			Action:    storage.BucketLifecycleRuleActionArgs{Type: pulumi.String("Delete")},
			Condition: storage.BucketLifecycleRuleConditionArgs{DaysSinceNoncurrentTime: pulumi.Int(oldVersionDays)},
		}},
	}
	if args.AccessLogs != nil {
		made.Logging = storage.BucketLoggingArgs{LogBucket: args.AccessLogs, LogObjectPrefix: pulumi.String(name)}
	}
	bucket, err := storage.NewBucket(ctx, name+"-static", made, pulumi.Parent(c), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the bucket: %w", err)
	}
	return bucket, nil
}

// newReaders lets the CDN read both buckets, and nobody else. Its agent comes
// into being with the first signing key.
// https://cloud.google.com/cdn/docs/using-signed-urls#configuring_permissions
func (c *CDN) newReaders(ctx *pulumi.Context, name string, args *Args, static pulumi.StringInput, signed []any) error {
	agent := fmt.Sprintf("serviceAccount:service-%s@cloud-cdn-fill.iam.gserviceaccount.com", args.ProjectNumber)
	member := pulumi.All(signed...).ApplyT(func([]any) string { return agent }).(pulumi.StringOutput)
	for _, read := range []struct {
		name   string
		bucket pulumi.StringInput
	}{{"static", static}, {"media", args.Media}} {
		_, err := storage.NewBucketIAMMember(ctx, name+"-reads-"+read.name, &storage.BucketIAMMemberArgs{
			Bucket: read.bucket, Role: pulumi.String("roles/storage.objectViewer"), Member: member,
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("let the CDN read the %s bucket: %w", read.name, err)
		}
	}
	return nil
}
