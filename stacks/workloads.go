package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/app"
	"github.com/avila-devops/saas/components/cluster"
	"github.com/avila-devops/saas/components/namespace"
	"github.com/avila-devops/saas/components/network"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/stacks/spec"
)

// Namespaces of the platform's own workloads.
const (
	certificatesNamespace = "cert-manager"
	gatewayNamespace      = "gateway"
	monitoringNamespace   = "monitoring"
)

func (e *Environment) newClusters(ctx *pulumi.Context) error {
	shape := e.spec.Cluster
	for _, region := range e.spec.Regions {
		subnet := e.network.Subnets[string(region.Name)]
		args := &cluster.Args{
			Project:       e.project.With(project.Container),
			Fleet:         e.fleet(),
			IAM:           e.project.With(project.IAM),
			PubSub:        e.project.With(project.PubSub),
			ProjectID:     e.spec.ProjectID,
			ProjectNumber: e.spec.ProjectNumber,
			Region:        string(region.Name),
			Zones:         region.Zones,
			Name:          e.spec.ClusterName(region),

			Network:      e.network.ID,
			Subnet:       subnet.ID,
			PodRange:     network.PodRange,
			ServiceRange: network.ServiceRange,
			ControlPlane: region.Plan().ControlPlane.String(),
			Key:          e.keys[region.Name].Key(keyGKE),
			NoticeKey:    e.keys[region.Name].Key(keyPubSub),

			SecurityGroup: e.spec.Operators.SecurityGroup,
			NodeAccountID: "nodes-" + e.spec.Name + "-" + region.Short(),

			Channel: shape.Channel,
			Pool: cluster.Shape{
				MachineType: shape.MachineType, NodesPerZone: shape.NodesPerZone, MaxNodesPerZone: shape.MaxNodesPerZone, DiskGB: shape.DiskGB,
			},
			Search:    cluster.Shape(shape.Search),
			Deployers: map[string]pulumi.StringInput{"ci": e.deployer()},
			Labels:    e.spec.Labels("cluster"),
			Protect:   e.spec.Protected(),
		}
		for _, exclusion := range shape.Exclusions {
			args.Exclusions = append(args.Exclusions, cluster.Exclusion(exclusion))
		}
		for _, allowed := range e.spec.Operators.AuthorizedNetworks {
			args.AuthorizedNetworks = append(args.AuthorizedNetworks, cluster.AuthorizedNetwork{Name: allowed.Name, CIDR: allowed.CIDR})
		}
		made, err := cluster.New(ctx, "cluster-"+string(region.Name), args, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.clusters[region.Name] = made
	}
	return nil
}

// fleet is the project once its clusters can join and be reached.
func (e *Environment) fleet() pulumi.StringOutput {
	return pulumi.All(e.project.With(project.Fleet), e.project.With(project.ConnectGateway)).
		ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
}

func (e *Environment) newNamespaces(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		made, err := namespace.New(ctx, "apps-"+string(region.Name), &namespace.Args{
			Provider: e.clusters[region.Name].Provider,
			Name:     e.spec.Name,
			Quota:    namespace.Quota(e.spec.Quota()),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.spaces[region.Name] = made
	}
	return nil
}

func (e *Environment) newApps(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		e.apps[region.Name] = map[string]*app.App{}
		for _, name := range e.spec.ServiceNames() {
			service := e.spec.Services[name]
			args := &app.Args{
				Provider:    e.clusters[region.Name].Provider,
				Namespace:   e.spaces[region.Name].Name,
				Service:     name,
				Image:       e.spec.Image(name),
				Port:        service.Port,
				Admin:       service.Admin,
				Callers:     callers(service),
				Scrapers:    monitoringNamespace,
				MinReplicas: service.Replicas.Min,
				MaxReplicas: service.Replicas.Max,
				TargetCPU:   service.Replicas.CPU,
				MilliCPU:    service.Resources.MilliCPU,
				MemoryMiB:   service.Resources.MemoryMiB,
			}
			if account, has := e.identities[name]; has {
				args.GoogleAccount = account.Email
			}
			made, err := app.New(ctx, name+"-"+string(region.Name), args, pulumi.Parent(e))
			if err != nil {
				return fmt.Errorf("%s in %s: %w", name, region.Name, err)
			}
			e.apps[region.Name][name] = made
		}
	}
	return nil
}

// callers places each caller: the gateway has a namespace of its own, and the
// apps share one.
func callers(service spec.Service) []app.Caller {
	var out []app.Caller
	for _, name := range service.Callers {
		caller := app.Caller{Name: name}
		if name == spec.Gateway {
			caller.Namespace = gatewayNamespace
		}
		out = append(out, caller)
	}
	return out
}
