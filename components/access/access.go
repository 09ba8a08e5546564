// Package access lets people and CI reach the clusters through Connect
// Gateway: IAM opens the gateway, and RBAC in each cluster says what may be
// done behind it. A control plane has no other door.
package access

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:access:Access"

// Level is what a member may do.
type Level string

// The levels.
const (
	Admin  Level = "admin"  // everything in the clusters
	Reader Level = "reader" // look at everything but secrets
)

// behind is what each level opens: the gateway's role, and the ClusterRole,
// which Kubernetes itself defines.
// https://cloud.google.com/kubernetes-engine/enterprise/multicluster-management/gateway/setup
var behind = map[Level]struct{ gateway, clusterRole string }{
	Admin:  {"roles/gkehub.gatewayEditor", "cluster-admin"},
	Reader: {"roles/gkehub.gatewayReader", "view"},
}

// viewer lets a member find the clusters in the fleet.
const viewer = "roles/gkehub.viewer"

// Args says who reaches which clusters.
type Args struct {
	Project  pulumi.StringInput                 // with ResourceManager and the fleet on
	Members  []Member                           // names are unique
	Clusters map[string]pulumi.ProviderResource // by a name for each
}

// Member is a person's group, or an account.
type Member struct {
	Name   string             // tells the grants apart
	Member pulumi.StringInput // group:name@domain or serviceAccount:e-mail
	Level  Level
}

// Access is who may reach the clusters.
type Access struct {
	pulumi.ResourceState
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || len(a.Members) == 0 || len(a.Clusters) == 0 {
		errs = append(errs, errors.New("Args.Project, Members and Clusters are required"))
	}
	seen := map[string]bool{}
	for _, m := range a.Members {
		if _, known := behind[m.Level]; !known || m.Name == "" || m.Member == nil || seen[m.Name] {
			errs = append(errs, fmt.Errorf("member %q with level %q: give each a name of its own, a member, and admin or reader", m.Name, m.Level))
		}
		seen[m.Name] = true
	}
	return errors.Join(errs...)
}

// New opens the gateway and binds the roles behind it.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Access, error) {
	if args == nil {
		return nil, fmt.Errorf("access.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("access.New %q: %w", name, err)
	}
	a := &Access{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{}, a, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	for _, member := range args.Members {
		if err := a.newDoor(ctx, name+"-"+member.Name, args, member); err != nil {
			return nil, fmt.Errorf("member %s: %w", member.Name, err)
		}
		for _, cluster := range slices.Sorted(maps.Keys(args.Clusters)) {
			if err := a.newBinding(ctx, name+"-"+member.Name+"-"+cluster, args.Clusters[cluster], member); err != nil {
				return nil, fmt.Errorf("member %s in %s: %w", member.Name, cluster, err)
			}
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}

func (a *Access) newDoor(ctx *pulumi.Context, name string, args *Args, member Member) error {
	for what, role := range map[string]string{"gateway": behind[member.Level].gateway, "fleet": viewer} {
		_, err := projects.NewIAMMember(ctx, name+"-"+what, &projects.IAMMemberArgs{
			Project: args.Project, Role: pulumi.String(role), Member: member.Member,
		}, pulumi.Parent(a))
		if err != nil {
			return fmt.Errorf("grant %s: %w", role, err)
		}
	}
	return nil
}

func (a *Access) newBinding(ctx *pulumi.Context, name string, cluster pulumi.ProviderResource, member Member) error {
	_, err := rbacv1.NewClusterRoleBinding(ctx, name+"-binding", &rbacv1.ClusterRoleBindingArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String("saas-" + member.Name),
			Labels: pulumi.StringMap{"app.kubernetes.io/part-of": pulumi.String("saas"), "app.kubernetes.io/managed-by": pulumi.String("pulumi")},
		},
		RoleRef: rbacv1.RoleRefArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: pulumi.String(behind[member.Level].clusterRole),
		},
		Subjects: rbacv1.SubjectArray{rbacv1.SubjectArgs{
			ApiGroup: pulumi.String("rbac.authorization.k8s.io"),
			Kind:     member.Member.ToStringOutput().ApplyT(subjectKind).(pulumi.StringOutput),
			Name:     member.Member.ToStringOutput().ApplyT(address).(pulumi.StringOutput),
		}},
	}, pulumi.Parent(a), pulumi.Provider(cluster))
	if err != nil {
		return fmt.Errorf("bind %s: %w", behind[member.Level].clusterRole, err)
	}
	return nil
}

// subjectKind and address are how RBAC knows an IAM member: a group, by Google
// Groups for RBAC, or an account, as a user; by its address.
func subjectKind(member string) (string, error) {
	kind, _, _ := strings.Cut(member, ":")
	switch kind {
	case "group":
		return "Group", nil
	case "serviceAccount":
		return "User", nil
	}
	return "", fmt.Errorf("%q is neither a group nor a service account", member)
}

func address(member string) string { return member[strings.Index(member, ":")+1:] }
