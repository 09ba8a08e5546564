// Package federation lets the jobs of one GitHub repository act on the
// environment without a key: Google takes the token that GitHub gives a job,
// from exactly this repository, branch and environment, and gives one that
// lasts minutes. Jobs for pull requests may plan; the branch's own may build,
// which is to push images and attest them; those in the environment may apply.
// Who applies cannot attest, and who attests can change nothing.
//
// A pool for each keeps them apart. In one pool, the subjects of all providers
// would be one space, and a job for a pull request that names the environment
// would come in by the provider of plans and go out as the account that
// applies.
package federation

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation/condition"
	"github.com/avila-devops/saas/components/federation/permission"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:federation:Federation"

// TokenLifetime is how long CI lets its tokens last: what
// google-github-actions/auth takes as access_token_lifetime. Google's API has
// no bound to set below its hour, so the workflow asks for it.
const TokenLifetime = "900s"

// Args says whom to trust.
type Args struct {
	IAM       pulumi.StringInput // the project, with IAM, STS and IAMCredentials on
	Project   pulumi.StringInput // with ResourceManager on
	ProjectID string
	Number    string
	Stack     string // names accounts and roles
	// Ids of the accounts, at most 30 characters.
	Plan, Build, Apply string

	Repository condition.Repository
}

// Federation is the trust, ready for CI.
type Federation struct {
	pulumi.ResourceState

	PlanProvider  pulumi.StringOutput `pulumi:"planProvider"` // what google-github-actions/auth calls workload_identity_provider
	BuildProvider pulumi.StringOutput `pulumi:"buildProvider"`
	ApplyProvider pulumi.StringOutput `pulumi:"applyProvider"`
	PlanAccount   pulumi.StringOutput `pulumi:"planAccount"` // e-mail
	BuildAccount  pulumi.StringOutput `pulumi:"buildAccount"`
	ApplyAccount  pulumi.StringOutput `pulumi:"applyAccount"`
}

func (a *Args) validate() error {
	var errs []error
	if a.IAM == nil || a.Project == nil || a.ProjectID == "" || a.Number == "" || a.Stack == "" {
		errs = append(errs, errors.New("Args.IAM, Project, ProjectID, Number and Stack are required"))
	}
	for _, id := range []string{a.Plan, a.Build, a.Apply} {
		if len(id) < 6 || len(id) > 30 {
			errs = append(errs, fmt.Errorf("account id %q: IAM wants 6 to 30 characters", id))
		}
	}
	return errors.Join(append(errs, a.Repository.Validate())...)
}

// New makes the trust.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Federation, error) {
	if args == nil {
		return nil, fmt.Errorf("federation.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("federation.New %q: %w", name, err)
	}
	f := &Federation{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"repository": pulumi.String(args.Repository.Name)}, f, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	// A pool that is deleted keeps its id for 30 days, so each pool that is
	// made gets ids of its own.
	// https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers#delete-pool
	suffix, err := random.NewRandomString(ctx, name+"-suffix", &random.RandomStringArgs{
		Length: pulumi.Int(6), Upper: pulumi.Bool(false), Special: pulumi.Bool(false),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("make the pools' suffix: %w", err)
	}
	repository := args.Repository
	plan, err := f.newRealm(ctx, name+"-plan", args, suffix.Result, realm{
		short: "plan", account: args.Plan, purpose: "previews pull requests into " + repository.Branch,
		condition: repository.Plan(), mapping: condition.BareMapping(), subject: repository.PlanSubject(), permissions: permission.Plan(),
	})
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	build, err := f.newRealm(ctx, name+"-build", args, suffix.Result, realm{
		short: "build", account: args.Build, purpose: "builds and attests images of " + repository.Branch,
		condition: repository.Build(), mapping: condition.BareMapping(), subject: repository.BuildSubject(),
	})
	if err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	apply, err := f.newRealm(ctx, name+"-apply", args, suffix.Result, realm{
		short: "apply", account: args.Apply, purpose: "applies " + repository.Branch,
		condition: repository.Apply(), mapping: condition.Mapping(), subject: repository.ApplySubject(), permissions: permission.Apply(),
	})
	if err != nil {
		return nil, fmt.Errorf("apply: %w", err)
	}
	if err := f.newGranting(ctx, name+"-grants", args, apply.member); err != nil {
		return nil, err
	}
	f.PlanProvider, f.PlanAccount = plan.provider, plan.email
	f.BuildProvider, f.BuildAccount = build.provider, build.email
	f.ApplyProvider, f.ApplyAccount = apply.provider, apply.email
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{
		"planProvider": f.PlanProvider, "planAccount": f.PlanAccount, "buildProvider": f.BuildProvider, "buildAccount": f.BuildAccount,
		"applyProvider": f.ApplyProvider, "applyAccount": f.ApplyAccount,
	})
}
