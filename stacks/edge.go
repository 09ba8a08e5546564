package stacks

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/cdn"
	"github.com/avila-devops/saas/components/dns"
	"github.com/avila-devops/saas/components/edge"
	"github.com/avila-devops/saas/components/gateway"
	"github.com/avila-devops/saas/components/gateway/nginxconf"
	"github.com/avila-devops/saas/components/namespace"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/stacks/spec"
)

// nginxVersion is what the mirrored image holds; see saas:mirrors.
var nginxVersion = nginxconf.Version{Major: 1, Minor: 30, Patch: 5}

// newGateways runs nginx in every cluster, in a namespace of its own.
func (e *Environment) newGateways(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		space, err := namespace.New(ctx, "gateway-space-"+string(region.Name), &namespace.Args{
			Provider: e.clusters[region.Name].Provider,
			Name:     gatewayNamespace,
			Quota:    namespace.Quota(e.spec.Gateway.Quota()),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		shape := e.spec.Gateway
		made, err := gateway.New(ctx, "gateway-"+string(region.Name), &gateway.Args{
			Provider: e.clusters[region.Name].Provider,
			// Pods find their image once the mirrors are there.
			Namespace:   pulumi.All(space.Name, e.registry.Mirrored).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput),
			Image:       e.spec.MirroredImage("nginx"),
			Nginx:       nginxVersion,
			Groups:      gateway.Groups{HTTPS: e.spec.NEGName(region, 443), HTTP: e.spec.NEGName(region, 80)},
			Balancers:   spec.Balancers(),
			ClientRate:  spec.ClientRequestsPerMinute,
			ClientBurst: spec.ClientBurst,
			Apex:        e.spec.ApexHosts(),
			Tenants:     e.routedTenants(),
			Services:    e.routedServices(region.Name),
			MinReplicas: shape.Replicas.Min,
			MaxReplicas: shape.Replicas.Max,
			TargetCPU:   shape.Replicas.CPU,
			MilliCPU:    shape.Resources.MilliCPU,
			MemoryMiB:   shape.Resources.MemoryMiB,
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.gateways[region.Name] = made
	}
	return nil
}

// routedTenants are the tenants whose hosts are answered: an erased one is
// unknown.
func (e *Environment) routedTenants() []nginxconf.Tenant {
	var out []nginxconf.Tenant
	for _, tenant := range e.spec.Tenants {
		if tenant.State != spec.Erased {
			out = append(out, nginxconf.Tenant{
				Host: e.spec.HostOf(tenant), PerMinute: tenant.Limits.RequestsPerMinute, Suspended: tenant.State == spec.Suspended,
			})
		}
	}
	return out
}

// routedServices are the services that the gateway may call.
func (e *Environment) routedServices(region spec.RegionName) []gateway.Service {
	var out []gateway.Service
	for _, name := range e.spec.ServiceNames() {
		if !e.spec.MayCall(spec.Gateway, name) {
			continue
		}
		service := e.spec.Services[name]
		address := func(host string) string {
			return fmt.Sprintf("%s.%s.svc.cluster.local:%d", host, e.spec.Name, service.Port)
		}
		routed := nginxconf.Service{Name: name, Active: address(name), Apex: service.Route.Apex, Paths: service.Route.Paths, Rest: service.Route.Rest}
		if share := service.PreviewShare(); share > 0 {
			routed.Preview, routed.Share = address(name+"-preview"), share
		}
		out = append(out, gateway.Service{Service: routed, Namespace: e.spec.Name, Port: service.Port, Host: e.apps[region][name].Host})
	}
	return out
}

func (e *Environment) newEdge(ctx *pulumi.Context) (err error) {
	args := &edge.Args{
		Project:    e.project.With(project.Compute),
		Network:    e.network.ID,
		Balancers:  spec.Balancers(),
		Deny:       e.denied(),
		HTTPSPort:  gateway.HTTPSPort,
		HTTPPort:   gateway.HTTPPort,
		HealthPort: gateway.HealthPort,
		HealthPath: gateway.HealthPath,
		Protect:    e.spec.Protected(),
	}
	for _, region := range e.spec.Regions {
		args.Regions = append(args.Regions, edge.Region{
			Name:       string(region.Name),
			Zones:      region.Zones,
			NodeTag:    e.spec.ClusterName(region),
			HTTPSGroup: e.gateways[region.Name].HTTPSGroup,
			HTTPGroup:  e.gateways[region.Name].HTTPGroup,
		})
	}
	e.edge, err = edge.New(ctx, "edge", args, pulumi.Parent(e))
	return err
}

func (e *Environment) denied() map[string]netip.Prefix {
	out := map[string]netip.Prefix{}
	for _, network := range e.spec.Edge.Deny {
		out[network.Name] = netip.MustParsePrefix(network.CIDR)
	}
	return out
}

func (e *Environment) newDNS(ctx *pulumi.Context) (err error) {
	e.dns, err = dns.New(ctx, "dns", &dns.Args{
		Project: e.project.With(project.DNS),
		Domain:  e.spec.Domain,
		Protect: e.spec.Protected(),
	}, pulumi.Parent(e))
	if err != nil {
		return err
	}
	for _, label := range e.spec.Hosts() {
		if err := e.dns.Add(ctx, dns.Host{Label: label, Address: e.edge.Address}); err != nil {
			return err
		}
	}
	return nil
}

func (e *Environment) newCDN(ctx *pulumi.Context) (err error) {
	primary := e.spec.Primary().Name
	e.cdn, err = cdn.New(ctx, "cdn", &cdn.Args{
		Project:       e.project.With(project.Compute),
		Certificates:  e.project.With(project.CertificateManager),
		Storage:       e.project.With(project.Storage),
		Secrets:       e.project.With(project.SecretManager),
		ProjectNumber: e.spec.ProjectNumber,
		Host:          e.spec.CDNHost(),
		Zone:          e.dns.Zone,
		ZoneProject:   e.dns.Project,
		Region:        string(primary),
		Key:           e.keys[primary].Key(keyStorage),
		SecretKey:     e.keys[primary].Key(keySecrets),
		Media:         e.media.Bucket,
		AccessLogs:    e.logs.Bucket,
		SigningKeys:   e.spec.CDN.SigningKeys,
		Deny:          e.denied(),
		Protect:       e.spec.Protected(),
	}, pulumi.Parent(e))
	return err
}
