package storage

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the media component's type token, and part of the state's contract.
const Type = "saas:storage:Media"

const (
	// oldVersionDays is how long a replaced or deleted file can be brought back.
	oldVersionDays = 90
	// undeleteDays is how long Cloud Storage itself keeps what was removed for
	// good, from one who holds the right to do so too.
	undeleteDays = 30
)

// Args says where the bucket lies and who has a folder in it.
type Args struct {
	Project  pulumi.StringInput // with Storage on
	Accounts pulumi.StringInput // the project, with IAM on
	Region   string
	Key      pulumi.StringInput // granted to Cloud Storage's agent
	Logs     pulumi.StringInput // name of the bucket that access logs go to
	Tenants  []Tenant
	Protect  bool
}

// Media is the bucket. Its name is Google's to make unique.
type Media struct {
	pulumi.ResourceState

	Bucket   pulumi.StringOutput    `pulumi:"bucket"`
	Accounts pulumi.StringMapOutput `pulumi:"accounts"` // tenant → e-mail of the account that reaches its folder
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Accounts == nil || a.Key == nil || a.Logs == nil || a.Region == "" {
		errs = append(errs, errors.New("Args.Project, Accounts, Key, Logs and Region are required"))
	}
	for _, tenant := range a.Tenants {
		errs = append(errs, tenant.validate())
	}
	return errors.Join(errs...)
}

// New makes the bucket: private, versioned, encrypted with our key, its
// accesses logged, with a folder for each tenant.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Media, error) {
	if args == nil {
		return nil, fmt.Errorf("storage.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("storage.New %q: %w", name, err)
	}
	m := &Media{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, m, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	files := private(args.Project, args.Region, args.Key)
	files.Versioning = storage.BucketVersioningArgs{Enabled: pulumi.Bool(true)}
	files.SoftDeletePolicy = softDelete(undeleteDays)
	files.Logging = logTo(args.Logs, name)
	files.LifecycleRules = storage.BucketLifecycleRuleArray{
		storage.BucketLifecycleRuleArgs{
			Action:    storage.BucketLifecycleRuleActionArgs{Type: pulumi.String("Delete")},
			Condition: storage.BucketLifecycleRuleConditionArgs{DaysSinceNoncurrentTime: pulumi.Int(oldVersionDays)},
		},
		after(staleUploadDays, "AbortIncompleteMultipartUpload", ""),
	}
	bucket, err := newBucket(ctx, name+"-files", files, m, args.Protect)
	if err != nil {
		return nil, err
	}
	m.Bucket = bucket.Name
	accounts := pulumi.StringMap{}
	for _, tenant := range args.Tenants {
		email, err := m.newFolder(ctx, name+"-"+tenant.ID, args, tenant)
		if err != nil {
			return nil, fmt.Errorf("tenant %s: %w", tenant.ID, err)
		}
		accounts[tenant.ID] = email
	}
	m.Accounts = accounts.ToStringMapOutput()
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{"bucket": m.Bucket, "accounts": m.Accounts})
}
