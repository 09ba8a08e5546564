package cluster

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What workloads choose nodes by.
const (
	// PoolLabel is on every node, and names its pool.
	PoolLabel = "saas/pool"
	// SearchPool runs Elasticsearch alone: its nodes have the taint
	// PoolLabel=SearchPool:NoSchedule, which no other pod tolerates.
	SearchPool   = "search"
	appsPoolName = "apps"
)

// cloudPlatform is the scope of all of Google Cloud: IAM on the nodes' account
// decides, scopes are the older, coarser gate.
const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

// pool is a pool with its place in the cluster.
type pool struct {
	Shape
	name   string
	closed bool // to pods that do not tolerate its taint
}

func appsPool(args *Args) pool { return pool{Shape: args.Pool, name: appsPoolName} }

func searchPool(args *Args) pool { return pool{Shape: args.Search, name: SearchPool, closed: true} }

func (p pool) taints() container.NodePoolNodeConfigTaintArray {
	if !p.closed {
		return nil
	}
	return container.NodePoolNodeConfigTaintArray{container.NodePoolNodeConfigTaintArgs{
		Key: pulumi.String(PoolLabel), Value: pulumi.String(p.name), Effect: pulumi.String("NO_SCHEDULE"),
	}}
}

func (p pool) labels(args *Args) map[string]string {
	labels := maps.Clone(args.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["pool"] = p.name
	return labels
}

func (c *Cluster) newNodePool(ctx *pulumi.Context, name string, args *Args, gke *container.Cluster, pool pool) (*container.NodePool, error) {
	made, err := container.NewNodePool(ctx, name, &container.NodePoolArgs{
		Project:          gke.Project,
		Cluster:          gke.Name,
		Location:         pulumi.String(args.Region),
		NodeLocations:    pulumi.ToStringArray(args.Zones),
		InitialNodeCount: pulumi.Int(pool.NodesPerZone),
		Autoscaling: container.NodePoolAutoscalingArgs{
			MinNodeCount:   pulumi.Int(pool.NodesPerZone),
			MaxNodeCount:   pulumi.Int(pool.MaxNodesPerZone),
			LocationPolicy: pulumi.String("BALANCED"),
		},
		Management:      container.NodePoolManagementArgs{AutoRepair: pulumi.Bool(true), AutoUpgrade: pulumi.Bool(true)},
		UpgradeSettings: container.NodePoolUpgradeSettingsArgs{MaxSurge: pulumi.Int(1), MaxUnavailable: pulumi.Int(0)},
		NodeConfig: container.NodePoolNodeConfigArgs{
			MachineType:    pulumi.String(pool.MachineType),
			ImageType:      pulumi.String("COS_CONTAINERD"),
			DiskType:       pulumi.String("pd-balanced"),
			DiskSizeGb:     pulumi.Int(pool.DiskGB),
			BootDiskKmsKey: args.Key,
			ServiceAccount: c.NodeAccount,
			OauthScopes:    pulumi.ToStringArray([]string{cloudPlatform}),
			Metadata:       pulumi.StringMap{"disable-legacy-endpoints": pulumi.String("true")},
			Tags:           pulumi.ToStringArray([]string{args.Name}),
			// Kubernetes' labels, and Google's on the machines and their disks.
			Labels:         pulumi.StringMap{PoolLabel: pulumi.String(pool.name)},
			ResourceLabels: pulumi.ToStringMap(pool.labels(args)),
			Taints:         pool.taints(),
			Gvnic:          container.NodePoolNodeConfigGvnicArgs{Enabled: pulumi.Bool(true)},
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
		return nil, fmt.Errorf("create the pool %s: %w", pool.name, err)
	}
	return made, nil
}
