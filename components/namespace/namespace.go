// Package namespace makes a namespace that starts closed: Pod Security at
// restricted, no traffic in or out but name resolution, a quota, and defaults
// for what a pod does not say.
package namespace

import (
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:namespace:Namespace"

// Args names the namespace and bounds what runs in it.
type Args struct {
	Provider pulumi.ProviderResource // of the cluster
	Name     string                  // fixed: services and policies refer to it
	Quota    Quota
}

// Quota bounds a namespace as a whole.
type Quota struct {
	Pods      int
	CPU       int // requested cores
	MemoryGiB int // requested and limited
}

// Namespace is a namespace that is ready for workloads.
type Namespace struct {
	pulumi.ResourceState

	Name pulumi.StringOutput `pulumi:"name"` // known once its policies and bounds stand
}

func (a *Args) validate() error {
	var errs []error
	if a.Provider == nil {
		errs = append(errs, errors.New("Args.Provider is required"))
	}
	if a.Name == "" {
		errs = append(errs, errors.New("Args.Name is empty"))
	}
	if a.Quota.Pods <= 0 || a.Quota.CPU <= 0 || a.Quota.MemoryGiB <= 0 {
		errs = append(errs, fmt.Errorf("Args.Quota %+v: every bound must be positive", a.Quota))
	}
	return errors.Join(errs...)
}

// New makes the namespace.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Namespace, error) {
	if args == nil {
		return nil, fmt.Errorf("namespace.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("namespace.New %q: %w", name, err)
	}
	n := &Namespace{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"namespace": pulumi.String(args.Name)}, n, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	child := []pulumi.ResourceOption{pulumi.Parent(n), pulumi.Provider(args.Provider)}
	made, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Name), Labels: podSecurity()},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("create the namespace %s: %w", args.Name, err)
	}
	bounds, err := newBounds(ctx, name, made.Metadata.Name().Elem(), args.Quota, child)
	if err != nil {
		return nil, err
	}
	policies, err := newPolicies(ctx, name, made.Metadata.Name().Elem(), child)
	if err != nil {
		return nil, err
	}
	// Pods that start before the policies are open, and before the bounds unbounded.
	ready := append([]any{made.Metadata.Name().Elem()}, append(bounds, policies...)...)
	n.Name = pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"name": n.Name})
}

// podSecurity holds every pod of the namespace to the restricted standard.
// https://kubernetes.io/docs/concepts/security/pod-security-admission/
func podSecurity() pulumi.StringMap {
	labels := pulumi.StringMap{}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = pulumi.String("restricted")
	}
	return labels
}
