// Package helm declares a Helm release. The SDK's own package for it draws in
// every kind of the Kubernetes SDK, whose compilation takes longer than that of
// the rest of the program, so the resource is registered by a few lines here.
// Which charts there are is decided in stacks/spec; what they are told, by the
// components that run them.
package helm

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// releaseType is the provider's token.
const releaseType = "kubernetes:helm.sh/v3:Release"

// Args says which chart runs where, and what it is told.
type Args struct {
	Name      string // fixed: objects of the chart are named for it
	Namespace pulumi.StringInput
	Chart     Chart
	Values    pulumi.Map
	// Seconds in which every object must be ready.
	Seconds int
}

// Chart is a release of a chart, exactly.
type Chart struct{ Name, Repository, Version string }

// history is how many revisions the cluster remembers.
const history = 5

// Release is a release.
type Release struct {
	pulumi.CustomResourceState

	Status pulumi.MapOutput `pulumi:"status"`
}

// New declares the release. One that cannot become ready is taken away again,
// so that the next update begins anew.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Release, error) {
	if args == nil {
		return nil, fmt.Errorf("helm.New %q: Args is nil", name)
	}
	if args.Name == "" || args.Namespace == nil || args.Seconds <= 0 {
		return nil, fmt.Errorf("helm.New %q: %w", name, errors.New("Args.Name, Namespace and Seconds are required"))
	}
	if args.Chart.Name == "" || args.Chart.Repository == "" || args.Chart.Version == "" {
		return nil, fmt.Errorf("helm.New %q: Args.Chart %+v: name a chart, its repository and its exact version", name, args.Chart)
	}
	r := &Release{}
	err := ctx.RegisterResource(releaseType, name, pulumi.Map{
		"name":           pulumi.String(args.Name),
		"namespace":      args.Namespace,
		"chart":          pulumi.String(args.Chart.Name),
		"version":        pulumi.String(args.Chart.Version),
		"repositoryOpts": pulumi.Map{"repo": pulumi.String(args.Chart.Repository)},
		"values":         args.Values,
		"atomic":         pulumi.Bool(true),
		"cleanupOnFail":  pulumi.Bool(true),
		"maxHistory":     pulumi.Int(history),
		"timeout":        pulumi.Int(args.Seconds),
		"compat":         pulumi.String("true"), // the SDK's mark of this form of inputs
	}, r, opts...)
	if err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	return r, nil
}
