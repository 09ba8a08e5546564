package cluster

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// nodeRole lets a node write logs and metrics, and no more.
// https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster
const nodeRole = "roles/container.defaultNodeServiceAccount"

// newNodeAccount makes the nodes' identity: the project's default one may
// edit everything.
func (c *Cluster) newNodeAccount(ctx *pulumi.Context, name string, args *Args) (pulumi.StringOutput, error) {
	account, err := serviceaccount.NewAccount(ctx, name+"-nodes", &serviceaccount.AccountArgs{
		Project:     args.IAM,
		AccountId:   pulumi.String(args.NodeAccountID),
		DisplayName: pulumi.String("Nodes of " + args.Name),
	}, pulumi.Parent(c))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the nodes' service account: %w", err)
	}
	grant, err := projects.NewIAMMember(ctx, name+"-nodes-role", &projects.IAMMemberArgs{
		Project: account.Project,
		Role:    pulumi.String(nodeRole),
		Member:  account.Member,
	}, pulumi.Parent(c))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("grant %s: %w", nodeRole, err)
	}
	// Who makes nodes must be let act as them. On this account alone: the same
	// role in the project would be every account's power.
	ready := []any{account.Email, grant.ID()}
	for _, who := range slices.Sorted(maps.Keys(args.Deployers)) {
		deploys, err := serviceaccount.NewIAMMember(ctx, name+"-nodes-"+who, &serviceaccount.IAMMemberArgs{
			ServiceAccountId: account.Name,
			Role:             pulumi.String("roles/iam.serviceAccountUser"),
			Member:           args.Deployers[who],
		}, pulumi.Parent(c))
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("let %s make nodes: %w", who, err)
		}
		ready = append(ready, deploys.ID())
	}
	// Nodes that start before the grant stay unhealthy, so the e-mail follows it.
	return pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}
