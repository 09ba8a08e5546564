// Package storage makes the bucket of the tenants' media files.
package storage

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:storage:Media"

// oldVersionDays is how long a replaced or deleted file can be brought back.
const oldVersionDays = 90

// Args says where the bucket lies.
type Args struct {
	Project pulumi.StringInput // with Storage on
	Region  string
	Key     pulumi.StringInput // granted to Cloud Storage's agent
	Protect bool
}

// Media is the bucket. Its name is Google's to make unique.
type Media struct {
	pulumi.ResourceState

	Bucket pulumi.StringOutput `pulumi:"bucket"`
}

// New makes the bucket: private, versioned, encrypted with our key.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Media, error) {
	if args == nil {
		return nil, fmt.Errorf("storage.New %q: Args is nil", name)
	}
	if args.Project == nil || args.Key == nil || args.Region == "" {
		return nil, fmt.Errorf("storage.New %q: %w", name, errors.New("Args.Project, Key and Region are required"))
	}
	m := &Media{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, m, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	bucket, err := storage.NewBucket(ctx, name+"-files", &storage.BucketArgs{
		Project:                  args.Project,
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
	}, pulumi.Parent(m), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the bucket: %w", err)
	}
	m.Bucket = bucket.Name
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"bucket": m.Bucket})
}
