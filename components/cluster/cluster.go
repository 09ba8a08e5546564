// Package cluster makes a GKE cluster in one region: private, hardened, with an
// autoscaled pool for the apps and one for Elasticsearch, an identity of its
// own for the nodes, a queue for GKE's notices, a place in the
// fleet so that Connect Gateway can reach it, and the Kubernetes provider for
// what runs in it.
package cluster

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:cluster:Cluster"

// Args is the shape of a cluster. Inputs come from other components; plain
// values are decisions.
type Args struct {
	Project pulumi.StringInput // with Container on
	Fleet   pulumi.StringInput // the project, with the fleet's API on
	IAM     pulumi.StringInput // the project, with IAM on
	PubSub  pulumi.StringInput // the project, with Pub/Sub on

	ProjectID     string
	ProjectNumber string
	Region        string
	Zones         []string
	Name          string // fixed: the membership and every kubeconfig hold it

	Network      pulumi.StringInput
	Subnet       pulumi.StringInput
	PodRange     string
	ServiceRange string
	ControlPlane string // CIDR, /28
	Key          pulumi.StringInput
	NoticeKey    pulumi.StringInput // granted to Pub/Sub's agent

	SecurityGroup      string
	AuthorizedNetworks []AuthorizedNetwork
	NodeAccountID      string // at most 30 characters

	Channel    string
	Exclusions []Exclusion                   // times without upgrades
	Pool       Shape                         // runs the apps
	Search     Shape                         // runs Elasticsearch alone
	Deployers  map[string]pulumi.StringInput // IAM members that make node pools, by a name for each

	Labels  map[string]string // Google's, on everything that is paid for
	Protect bool
}

// Shape is the size of a pool.
type Shape struct {
	MachineType                   string
	NodesPerZone, MaxNodesPerZone int
	DiskGB                        int
}

// Exclusion is a time in which GKE leaves the cluster alone; Scope is what it
// holds back.
type Exclusion struct {
	Name, Start, End, Scope string
}

// AuthorizedNetwork may open connections to the control plane's private
// address.
type AuthorizedNetwork struct {
	Name, CIDR string
}

// Cluster is a cluster that is ready for workloads.
type Cluster struct {
	pulumi.ResourceState

	Name        pulumi.StringOutput `pulumi:"name"`
	Kubeconfig  pulumi.StringOutput `pulumi:"kubeconfig"` // without credentials
	NodeAccount pulumi.StringOutput `pulumi:"nodeAccount"`
	// WorkloadPool is known once the cluster has made it.
	WorkloadPool pulumi.StringOutput `pulumi:"workloadPool"`
	// Notices is the subscription that GKE's upgrade notices wait in.
	Notices pulumi.StringOutput `pulumi:"notices"`

	// Provider reaches this cluster alone; it exists once nodes do.
	Provider *kubernetes.Provider
}

func (a *Args) validate() error {
	var errs []error
	for what, input := range map[string]pulumi.StringInput{
		"Project": a.Project, "Fleet": a.Fleet, "IAM": a.IAM, "Network": a.Network, "Subnet": a.Subnet, "Key": a.Key,
		"PubSub": a.PubSub, "NoticeKey": a.NoticeKey,
	} {
		if input == nil {
			errs = append(errs, fmt.Errorf("field %s of Args is required", what))
		}
	}
	if len(a.Name) == 0 || len(a.Name) > 40 {
		errs = append(errs, fmt.Errorf("Args.Name %q: GKE wants 1 to 40 characters", a.Name))
	}
	if len(a.NodeAccountID) < 6 || len(a.NodeAccountID) > 30 {
		errs = append(errs, fmt.Errorf("Args.NodeAccountID %q: IAM wants 6 to 30 characters", a.NodeAccountID))
	}
	if len(a.Zones) == 0 {
		errs = append(errs, errors.New("Args.Zones is empty"))
	}
	return errors.Join(errs...)
}

// New makes the cluster.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if args == nil {
		return nil, fmt.Errorf("cluster.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cluster.New %q: %w", name, err)
	}
	c := &Cluster{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, c, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	account, err := c.newNodeAccount(ctx, name, args)
	if err != nil {
		return nil, err
	}
	c.NodeAccount = account
	topic, err := c.newNotices(ctx, name, args)
	if err != nil {
		return nil, err
	}
	gke, err := c.newControlPlane(ctx, name, args, topic)
	if err != nil {
		return nil, err
	}
	c.Name = gke.Name
	c.WorkloadPool = gke.WorkloadIdentityConfig.WorkloadPool().Elem()
	pool, err := c.newNodePool(ctx, name+"-pool", args, gke, appsPool(args))
	if err != nil {
		return nil, err
	}
	if _, err := c.newNodePool(ctx, name+"-es", args, gke, searchPool(args)); err != nil {
		return nil, fmt.Errorf("for Elasticsearch: %w", err)
	}
	if err := c.newAccess(ctx, name, args, gke, pool); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"name": c.Name, "kubeconfig": c.Kubeconfig, "nodeAccount": c.NodeAccount,
		"workloadPool": c.WorkloadPool, "notices": c.Notices,
	})
}

func (c *Cluster) newControlPlane(ctx *pulumi.Context, name string, args *Args, topic pulumi.StringInput) (*container.Cluster, error) {
	gke, err := container.NewCluster(ctx, name+"-gke", controlPlane(args, c.NodeAccount, topic),
		pulumi.Parent(c), pulumi.Protect(args.Protect),
		// GKE fills the default pool's fields in after the pool is removed.
		pulumi.IgnoreChanges([]string{"initialNodeCount", "nodeConfig"}))
	if err != nil {
		return nil, fmt.Errorf("create the cluster: %w", err)
	}
	return gke, nil
}
