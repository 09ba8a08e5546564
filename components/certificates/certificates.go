// Package certificates runs cert-manager in a cluster and says who issues
// there: Let's Encrypt for the names that the world sees, proven by records in
// Cloud DNS, and an authority of the cluster's own for services among each
// other. It makes the certificates too; who reads their Secrets mounts them.
package certificates

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/helm"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:certificates:Certificates"

// Workload is the Kubernetes service account of cert-manager's controller, by
// which it acts on Cloud DNS.
const Workload = "cert-manager"

// Args says what runs, and who issues.
type Args struct {
	Provider  pulumi.ProviderResource // of the cluster
	Namespace pulumi.StringInput      // cert-manager's, ready for workloads
	Chart     helm.Chart
	Images    Images
	// Account is the e-mail address of the account of Google Cloud that may write
	// into the zone.
	Account pulumi.StringInput

	ControlPlane netip.Prefix // of the cluster: who calls the webhook, and is asked
	Scrapers     string       // namespace of what reads metrics

	Directory, Contact string // of Let's Encrypt
	Domain             string // the zone's, without a dot at its end
	Zone, ZoneProject  pulumi.StringInput
}

// Images are cert-manager's, by digest.
type Images struct{ Controller, Webhook, CAInjector, StartupCheck string }

// Certificates is cert-manager in one cluster.
type Certificates struct {
	pulumi.ResourceState

	// Public and Mesh are the names of the cluster's issuers: Let's Encrypt, and
	// the cluster's own authority. Known once they are there.
	Public pulumi.StringOutput `pulumi:"public"`
	Mesh   pulumi.StringOutput `pulumi:"mesh"`

	name  string
	child []pulumi.ResourceOption
}

func (a *Args) validate() error {
	var errs []error
	if a.Provider == nil || a.Namespace == nil || a.Account == nil || a.Zone == nil || a.ZoneProject == nil {
		errs = append(errs, errors.New("Args.Provider, Namespace, Account, Zone and ZoneProject are required"))
	}
	for _, image := range []string{a.Images.Controller, a.Images.Webhook, a.Images.CAInjector, a.Images.StartupCheck} {
		if !strings.Contains(image, "@sha256:") {
			errs = append(errs, fmt.Errorf("Args.Images: %q names no digest", image))
		}
	}
	if !strings.HasPrefix(a.Directory, "https://") || a.Contact == "" || a.Domain == "" {
		errs = append(errs, fmt.Errorf("Args.Directory %q, Contact %q and Domain %q are required", a.Directory, a.Contact, a.Domain))
	}
	if !a.ControlPlane.IsValid() || a.Scrapers == "" {
		errs = append(errs, errors.New("Args.ControlPlane and Scrapers are required"))
	}
	return errors.Join(errs...)
}

// New runs cert-manager and makes the issuers.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Certificates, error) {
	if args == nil {
		return nil, fmt.Errorf("certificates.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("certificates.New %q: %w", name, err)
	}
	c := &Certificates{name: name}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"version": pulumi.String(args.Chart.Version)}, c, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	c.child = []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(args.Provider)}
	policies, err := newPolicies(ctx, name, args, c.child)
	if err != nil {
		return nil, err
	}
	namespace, err := newRelease(ctx, name, args, once(args.Namespace, policies...), c.child)
	if err != nil {
		return nil, err
	}
	if err := c.newPublic(ctx, args, namespace); err != nil {
		return nil, err
	}
	if err := c.newMesh(ctx, namespace); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"public": c.Public, "mesh": c.Mesh})
}

// once is a value that is known when others are.
func once(value pulumi.StringInput, others ...any) pulumi.StringOutput {
	return pulumi.All(append([]any{value}, others...)...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
}
