// Package storage makes buckets: [Media] for the files of tenants, a folder
// each, and [Logs] for what must not be changed afterwards. All are private,
// encrypted with a key of ours and kept in one region. What writes into a
// bucket of logs is in package audit, the buckets that the content delivery
// network reads are not here.
package storage

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	day = 24 * 60 * 60 // seconds

	// staleUploadDays is when the parts of an upload that was never finished
	// go: they cost, and nobody sees them.
	staleUploadDays = 7
)

// private is what every bucket here has in common.
func private(project pulumi.StringInput, region string, key pulumi.StringInput) *storage.BucketArgs {
	return &storage.BucketArgs{
		Project:                  project,
		Location:                 pulumi.String(region),
		UniformBucketLevelAccess: pulumi.Bool(true),
		PublicAccessPrevention:   pulumi.String("enforced"),
		ForceDestroy:             pulumi.Bool(false),
		Encryption:               storage.BucketEncryptionArgs{DefaultKmsKeyName: key},
	}
}

// after is a lifecycle rule: what happens to an object of some age.
func after(days int, action, class string) storage.BucketLifecycleRuleArgs {
	rule := storage.BucketLifecycleRuleActionArgs{Type: pulumi.String(action)}
	if class != "" {
		rule.StorageClass = pulumi.String(class)
	}
	return storage.BucketLifecycleRuleArgs{
		Action:    rule,
		Condition: storage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(days)},
	}
}

// logTo has the accesses to a bucket written to another.
func logTo(bucket pulumi.StringInput, prefix string) storage.BucketLoggingPtrInput {
	if bucket == nil {
		return nil
	}
	return storage.BucketLoggingArgs{LogBucket: bucket, LogObjectPrefix: pulumi.String(prefix)}
}

func softDelete(days int) storage.BucketSoftDeletePolicyArgs {
	return storage.BucketSoftDeletePolicyArgs{RetentionDurationSeconds: pulumi.Int(days * day)}
}

func newBucket(ctx *pulumi.Context, name string, args *storage.BucketArgs, parent pulumi.Resource, protect bool) (*storage.Bucket, error) {
	bucket, err := storage.NewBucket(ctx, name, args, pulumi.Parent(parent), pulumi.Protect(protect))
	if err != nil {
		return nil, fmt.Errorf("create the bucket: %w", err)
	}
	return bucket, nil
}
