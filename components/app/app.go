// Package app runs one of our services in one cluster: Deployment, Service,
// autoscaler, disruption budget, service account and the network policy that
// lets its callers in. It knows nothing of what the service does.
package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:app:App"

// nameLabel is the label by which policies and selectors know a service.
const nameLabel = "app.kubernetes.io/name"

// Args says what runs, and within which bounds.
type Args struct {
	Provider  pulumi.ProviderResource // of the cluster
	Namespace pulumi.StringInput      // ready for workloads
	Service   string                  // name of the Deployment and the Service
	Image     string                  // by digest

	Port  int // requests
	Admin int // health and metrics

	// Callers may open connections to Port.
	Callers []Caller
	// GoogleAccount is the account of Google Cloud that the pods act as, by
	// Workload Identity. Nil: they act as nobody.
	GoogleAccount pulumi.StringInput
	// Scrapers is the namespace whose pods may read metrics from Admin.
	Scrapers string

	// Settings are environment variables, and nothing secret: whoever may look
	// at a pod sees them.
	Settings map[string]pulumi.StringInput
	// Secrets are Kubernetes Secrets of the namespace, whose files the pods read
	// in [SecretsDir], each in a directory of the name that it has here.
	Secrets map[string]pulumi.StringInput
	// Targets are what the pods may open connections to.
	Targets []Target

	MinReplicas, MaxReplicas int
	TargetCPU                int // percent of the request
	MilliCPU, MemoryMiB      int
}

// Caller is a workload that may call the service.
type Caller struct {
	Name      string // app.kubernetes.io/name of its pods
	Namespace string // empty for the service's own
}

// Target is something that the service calls: the pods of a workload, or every
// address of a range.
type Target struct {
	Name      string // app.kubernetes.io/name of its pods
	Namespace string // of its pods
	Range     string // in CIDR notation, in place of pods
	Port      int
}

// App is a service that runs in one cluster.
type App struct {
	pulumi.ResourceState

	Host pulumi.StringOutput `pulumi:"host"` // name of the Service inside the cluster
}

func (a *Args) validate() error {
	var errs []error
	if a.Provider == nil || a.Namespace == nil {
		errs = append(errs, errors.New("Args.Provider and Args.Namespace are required"))
	}
	if a.Service == "" {
		errs = append(errs, errors.New("Args.Service is empty"))
	}
	if !strings.Contains(a.Image, "@sha256:") {
		errs = append(errs, fmt.Errorf("Args.Image %q names no digest; make images prints it", a.Image))
	}
	if a.Port == a.Admin {
		errs = append(errs, fmt.Errorf("Args.Port and Args.Admin are both %d: metrics would be open to callers", a.Port))
	}
	for name := range a.Settings {
		if slices.Contains(own, name) {
			errs = append(errs, fmt.Errorf("Args.Settings: %s is set by the component", name))
		}
	}
	for _, target := range a.Targets {
		if pods := target.Name != "" && target.Namespace != ""; pods == (target.Range != "") || target.Port == 0 {
			errs = append(errs, fmt.Errorf("Args.Targets: %+v is neither pods by Name and Namespace nor a Range, with a Port", target))
		}
	}
	if a.MinReplicas < 2 || a.MaxReplicas < a.MinReplicas {
		errs = append(errs, fmt.Errorf("Args.MinReplicas %d, MaxReplicas %d: at least 2, and in order", a.MinReplicas, a.MaxReplicas))
	}
	return errors.Join(errs...)
}

// New runs the service.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*App, error) {
	if args == nil {
		return nil, fmt.Errorf("app.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("app.New %q: %w", name, err)
	}
	a := &App{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"service": pulumi.String(args.Service)}, a, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	child := []pulumi.ResourceOption{pulumi.Parent(a), pulumi.Provider(args.Provider)}
	account, err := newAccount(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	if err := newPolicy(ctx, name, args, child); err != nil {
		return nil, err
	}
	if err := newTargets(ctx, name, args, child); err != nil {
		return nil, err
	}
	if args.GoogleAccount != nil {
		if err := newMetadataPolicy(ctx, name, args, child); err != nil {
			return nil, err
		}
	}
	if err := newDeployment(ctx, name, args, account, child); err != nil {
		return nil, err
	}
	if err := newScaling(ctx, name, args, child); err != nil {
		return nil, err
	}
	service, err := newService(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	a.Host = pulumi.Sprintf("%s.%s.svc", service, args.Namespace)
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"host": a.Host})
}

// labels are on every object of the service.
func labels(args *Args) pulumi.StringMap {
	return pulumi.StringMap{
		nameLabel:                      pulumi.String(args.Service),
		"app.kubernetes.io/part-of":    pulumi.String("saas"),
		"app.kubernetes.io/managed-by": pulumi.String("pulumi"),
	}
}

// selector is the least that tells the service's pods apart. A Deployment's
// selector can never change, so nothing else may enter it.
func selector(args *Args) pulumi.StringMap {
	return pulumi.StringMap{nameLabel: pulumi.String(args.Service)}
}
