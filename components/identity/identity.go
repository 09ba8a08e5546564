// Package identity gives a workload an account of Google Cloud: one account
// for one Kubernetes service account, the roles that it needs on what it
// needs them on, and Workload Identity, by which its pods act as the account
// without a key.
package identity

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation/condition"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:identity:Identity"

// Annotation is where a Kubernetes service account names its account of Google
// Cloud.
// https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
const Annotation = "iam.gke.io/gcp-service-account"

// Args says whose account it is, and what it may do.
type Args struct {
	Project pulumi.StringInput // with IAM on
	// Pool is the project's workload pool, PROJECT.svc.id.goog, known once the
	// first cluster has made it. All clusters of a project share it: the same
	// service account in each of them is one identity.
	Pool      pulumi.StringInput
	AccountID string // at most 30 characters
	Namespace string // of the workload, in every cluster
	Workload  string // its Kubernetes service account
	Objects   []Objects
	Zones     []Zone
}

// Zone is a role on one zone of Cloud DNS.
type Zone struct {
	Name    string             // tells the grants of one account apart
	Zone    pulumi.StringInput // its name in the project
	Project pulumi.StringInput
	Role    pulumi.StringInput
}

// Objects is a role on the objects of a bucket whose names begin with Prefix.
type Objects struct {
	Name   string // tells the grants of one account apart
	Bucket pulumi.StringInput
	Prefix string // ends with a slash
	Role   string
}

// Identity is the account.
type Identity struct {
	pulumi.ResourceState

	// Email is known once the workload may act as the account, and the account
	// has its roles.
	Email pulumi.StringOutput `pulumi:"email"`
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Pool == nil || a.Namespace == "" || a.Workload == "" {
		errs = append(errs, errors.New("Args.Project, Pool, Namespace and Workload are required"))
	}
	if len(a.AccountID) < 6 || len(a.AccountID) > 30 {
		errs = append(errs, fmt.Errorf("Args.AccountID %q: IAM wants 6 to 30 characters", a.AccountID))
	}
	if len(a.Objects)+len(a.Zones) == 0 {
		errs = append(errs, errors.New("Args.Objects and Zones are empty: a workload that needs nothing needs no account"))
	}
	for _, z := range a.Zones {
		if z.Name == "" || z.Zone == nil || z.Project == nil || z.Role == nil {
			errs = append(errs, fmt.Errorf("zones %q: Name, Zone, Project and Role are required", z.Name))
		}
	}
	for _, o := range a.Objects {
		if o.Bucket == nil || !strings.HasSuffix(o.Prefix, "/") || strings.ContainsAny(o.Prefix, `'\`) {
			errs = append(errs, fmt.Errorf("objects %q under %q: name a bucket and a prefix that ends with a slash", o.Name, o.Prefix))
		}
	}
	return errors.Join(errs...)
}

// New makes the account.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Identity, error) {
	if args == nil {
		return nil, fmt.Errorf("identity.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("identity.New %q: %w", name, err)
	}
	i := &Identity{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"workload": pulumi.String(args.Workload)}, i, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	account, err := serviceaccount.NewAccount(ctx, name+"-account", &serviceaccount.AccountArgs{
		Project:     args.Project,
		AccountId:   pulumi.String(args.AccountID),
		DisplayName: pulumi.Sprintf("%s in %s", args.Workload, args.Namespace),
		Description: pulumi.Sprintf("Pods of %s/%s act as it, by Workload Identity. It has no key.", args.Namespace, args.Workload),
	}, pulumi.Parent(i))
	if err != nil {
		return nil, fmt.Errorf("create the account: %w", err)
	}
	trust, err := serviceaccount.NewIAMMember(ctx, name+"-trust", &serviceaccount.IAMMemberArgs{
		ServiceAccountId: account.Name,
		Role:             pulumi.String("roles/iam.workloadIdentityUser"),
		Member:           pulumi.Sprintf("serviceAccount:%s[%s/%s]", args.Pool, args.Namespace, args.Workload),
	}, pulumi.Parent(i))
	if err != nil {
		return nil, fmt.Errorf("let the workload act as the account: %w", err)
	}
	ready := []any{account.Email, trust.ID()}
	for _, objects := range args.Objects {
		grant, err := storage.NewBucketIAMMember(ctx, name+"-"+objects.Name, &storage.BucketIAMMemberArgs{
			Bucket: objects.Bucket,
			Role:   pulumi.String(objects.Role),
			Member: account.Member,
			Condition: storage.BucketIAMMemberConditionArgs{
				Title:       pulumi.String("own prefix only"),
				Description: pulumi.String("Objects under " + objects.Prefix + "."),
				Expression: objects.Bucket.ToStringOutput().ApplyT(func(bucket string) string {
					return condition.Under(bucket, objects.Prefix)
				}).(pulumi.StringOutput),
			},
		}, pulumi.Parent(i))
		if err != nil {
			return nil, fmt.Errorf("grant %s under %s: %w", objects.Role, objects.Prefix, err)
		}
		ready = append(ready, grant.ID())
	}
	for _, zone := range args.Zones {
		grant, err := dns.NewDnsManagedZoneIamMember(ctx, name+"-"+zone.Name, &dns.DnsManagedZoneIamMemberArgs{
			Project: zone.Project, ManagedZone: zone.Zone, Role: zone.Role, Member: account.Member,
		}, pulumi.Parent(i))
		if err != nil {
			return nil, fmt.Errorf("grant the zone %s: %w", zone.Name, err)
		}
		ready = append(ready, grant.ID())
	}
	i.Email = pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return i, ctx.RegisterResourceOutputs(i, pulumi.Map{"email": i.Email})
}
