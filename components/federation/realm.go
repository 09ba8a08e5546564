package federation

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/iam"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation/condition"
)

// realm is one kind of jobs: whom to trust, and what for.
type realm struct {
	short, account, purpose string
	condition, subject      string
	mapping                 map[string]string
	permissions             []string // in the project; none where grants on single resources are enough
}

// standing is what a realm's jobs use.
type standing struct {
	provider, email, member pulumi.StringOutput
}

// newRealm makes a pool with one provider, an account, its role if it
// has one, and lets the one subject act as the account.
func (f *Federation) newRealm(ctx *pulumi.Context, name string, args *Args, suffix pulumi.StringInput, r realm) (*standing, error) {
	pool, err := iam.NewWorkloadIdentityPool(ctx, name+"-pool", &iam.WorkloadIdentityPoolArgs{
		Project:                args.IAM,
		WorkloadIdentityPoolId: pulumi.Sprintf("github-%s-%s", r.short, suffix),
		DisplayName:            pulumi.String("GitHub " + r.short),
		Description:            pulumi.Sprintf("Jobs of %s: %s.", args.Repository.Name, r.purpose),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("create the pool: %w", err)
	}
	provider, err := iam.NewWorkloadIdentityPoolProvider(ctx, name+"-provider", &iam.WorkloadIdentityPoolProviderArgs{
		Project:                        pool.Project,
		WorkloadIdentityPoolId:         pool.WorkloadIdentityPoolId,
		WorkloadIdentityPoolProviderId: pulumi.String("github"),
		DisplayName:                    pulumi.String("GitHub Actions"),
		Description:                    pulumi.String("Takes the tokens of exactly these jobs; the condition says which."),
		AttributeMapping:               pulumi.ToStringMap(r.mapping),
		AttributeCondition:             pulumi.String(r.condition),
		Oidc:                           iam.WorkloadIdentityPoolProviderOidcArgs{IssuerUri: pulumi.String(condition.Issuer)},
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("create the provider: %w", err)
	}
	account, err := serviceaccount.NewAccount(ctx, name+"-account", &serviceaccount.AccountArgs{
		Project:     args.IAM,
		AccountId:   pulumi.String(r.account),
		DisplayName: pulumi.String("CI: " + r.short),
		Description: pulumi.Sprintf("Jobs of %s act as it: %s. It has no key.", args.Repository.Name, r.purpose),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("create the account: %w", err)
	}
	if len(r.permissions) > 0 {
		if err := f.newRole(ctx, name, args, r, account.Member); err != nil {
			return nil, err
		}
	}
	trust, err := serviceaccount.NewIAMMember(ctx, name+"-trust", &serviceaccount.IAMMemberArgs{
		ServiceAccountId: account.Name,
		Role:             pulumi.String("roles/iam.workloadIdentityUser"),
		Member: pulumi.Sprintf("principal://iam.googleapis.com/projects/%s/locations/global/workloadIdentityPools/%s/subject/%s",
			args.Number, pool.WorkloadIdentityPoolId, r.subject),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("let jobs act as the account: %w", err)
	}
	// CI cannot use a provider before its subject may act as the account.
	ready := pulumi.All(provider.Name, trust.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return &standing{provider: ready, email: account.Email, member: account.Member}, nil
}
