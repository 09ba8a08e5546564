package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/gkehub"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/cluster/kubeconfig"
)

// fleetLocation keeps Connect Gateway's address the same for every region.
const fleetLocation = "global"

// newAccess joins the fleet and makes the provider that reaches the cluster
// through it.
func (c *Cluster) newAccess(ctx *pulumi.Context, name string, args *Args, gke *container.Cluster, pool *container.NodePool) error {
	membership, err := gkehub.NewMembership(ctx, name+"-membership", &gkehub.MembershipArgs{
		Project:      args.Fleet,
		MembershipId: pulumi.String(args.Name),
		Location:     pulumi.String(fleetLocation),
		Endpoint: gkehub.MembershipEndpointArgs{GkeCluster: gkehub.MembershipEndpointGkeClusterArgs{
			ResourceLink: pulumi.Sprintf("//container.googleapis.com/%s", gke.ID()),
		}},
		Authority: gkehub.MembershipAuthorityArgs{Issuer: pulumi.Sprintf("https://container.googleapis.com/v1/%s", gke.ID())},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("join the fleet: %w", err)
	}
	// Known before anything exists, but of no use until the pool runs: what is
	// deployed in the cluster has to wait for nodes.
	c.Kubeconfig = pulumi.All(membership.MembershipId, pool.ID()).ApplyT(func(v []any) (string, error) {
		return kubeconfig.Render(kubeconfig.Membership{
			ProjectNumber: args.ProjectNumber, Location: fleetLocation, ID: v[0].(string),
		})
	}).(pulumi.StringOutput)
	c.Provider, err = kubernetes.NewProvider(ctx, name+"-kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: c.Kubeconfig,
		// Without it a new kubeconfig would replace everything in the cluster.
		ClusterIdentifier: pulumi.String(args.Name),
		// Otherwise a renewed credential is deleted first and made again after,
		// and a pod that starts in between has none.
		EnableSecretMutable: pulumi.Bool(true),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("make the Kubernetes provider: %w", err)
	}
	return nil
}
