package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
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
	// Nodes that start before the grant stay unhealthy, so the e-mail follows it.
	return pulumi.All(account.Email, grant.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}

func (c *Cluster) newNodePool(ctx *pulumi.Context, name string, args *Args, gke *container.Cluster) (*container.NodePool, error) {
	pool, err := container.NewNodePool(ctx, name+"-pool", &container.NodePoolArgs{
		Project:          gke.Project,
		Cluster:          gke.Name,
		Location:         pulumi.String(args.Region),
		NodeLocations:    pulumi.ToStringArray(args.Zones),
		InitialNodeCount: pulumi.Int(args.NodesPerZone),
		Autoscaling: container.NodePoolAutoscalingArgs{
			MinNodeCount:   pulumi.Int(args.NodesPerZone),
			MaxNodeCount:   pulumi.Int(args.MaxNodesPerZone),
			LocationPolicy: pulumi.String("BALANCED"),
		},
		Management:      container.NodePoolManagementArgs{AutoRepair: pulumi.Bool(true), AutoUpgrade: pulumi.Bool(true)},
		UpgradeSettings: container.NodePoolUpgradeSettingsArgs{MaxSurge: pulumi.Int(1), MaxUnavailable: pulumi.Int(0)},
		NodeConfig: container.NodePoolNodeConfigArgs{
			MachineType:    pulumi.String(args.MachineType),
			ImageType:      pulumi.String("COS_CONTAINERD"),
			DiskType:       pulumi.String("pd-balanced"),
			DiskSizeGb:     pulumi.Int(args.DiskGB),
			BootDiskKmsKey: args.Key,
			ServiceAccount: c.NodeAccount,
			// IAM on the account decides; scopes are the older, coarser gate.
			OauthScopes: pulumi.ToStringArray([]string{"https://www.googleapis.com/auth/cloud-platform"}),
			Metadata:    pulumi.StringMap{"disable-legacy-endpoints": pulumi.String("true")},
			Tags:        pulumi.ToStringArray([]string{args.Name}),
			Gvnic:       container.NodePoolNodeConfigGvnicArgs{Enabled: pulumi.Bool(true)},
			ShieldedInstanceConfig: container.NodePoolNodeConfigShieldedInstanceConfigArgs{
				EnableSecureBoot: pulumi.Bool(true), EnableIntegrityMonitoring: pulumi.Bool(true),
			},
			WorkloadMetadataConfig: container.NodePoolNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		},
		NetworkConfig: container.NodePoolNetworkConfigArgs{EnablePrivateNodes: pulumi.Bool(true)},
	}, pulumi.Parent(c),
		// The autoscaler owns the count; a change of the first one would replace the pool.
		pulumi.IgnoreChanges([]string{"initialNodeCount"}))
	if err != nil {
		return nil, fmt.Errorf("create the node pool: %w", err)
	}
	return pool, nil
}
