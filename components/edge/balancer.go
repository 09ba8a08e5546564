package edge

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// idleSeconds is how long a connection may say nothing: longer than the
	// gateway keeps one open, so that the gateway closes first.
	idleSeconds = 90
	// drainSeconds is how long connections of a group that goes may last.
	drainSeconds = 60
	// connectionsPerPod is what nginx is set to hold, less what it needs towards
	// the services.
	connectionsPerPod = 4000
)

// newHealthCheck asks a plain listener on a fixed port: the ports of the
// groups want a PROXY header and TLS.
func (e *Edge) newHealthCheck(ctx *pulumi.Context, name string, args *Args) (pulumi.StringInput, error) {
	check, err := compute.NewHealthCheck(ctx, name+"-health", &compute.HealthCheckArgs{
		Project:            args.Project,
		Description:        pulumi.String("Whether a gateway pod takes connections."),
		CheckIntervalSec:   pulumi.Int(5),
		TimeoutSec:         pulumi.Int(3),
		HealthyThreshold:   pulumi.Int(2),
		UnhealthyThreshold: pulumi.Int(2),
		HttpHealthCheck: compute.HealthCheckHttpHealthCheckArgs{
			Port: pulumi.Int(args.HealthPort), PortSpecification: pulumi.String("USE_FIXED_PORT"), RequestPath: pulumi.String(args.HealthPath),
		},
		LogConfig: compute.HealthCheckLogConfigArgs{Enable: pulumi.Bool(true)},
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("create the health check: %w", err)
	}
	return check.SelfLink, nil
}

// newEntry opens a port of the address.
func (e *Edge) newEntry(ctx *pulumi.Context, name string, args *Args, entry entry, address *compute.GlobalAddress, health, armor pulumi.StringInput) error {
	var backends compute.BackendServiceBackendArray
	for _, region := range args.Regions {
		for _, zone := range region.Zones {
			backends = append(backends, compute.BackendServiceBackendArgs{
				Group:         group(ctx, args.Project, entry.group(region), zone),
				BalancingMode: pulumi.String("CONNECTION"), MaxConnectionsPerEndpoint: pulumi.Int(connectionsPerPod),
				CapacityScaler: pulumi.Float64(1),
			})
		}
	}
	service, err := compute.NewBackendService(ctx, name+"-"+entry.name, &compute.BackendServiceArgs{
		Project:                      args.Project,
		Description:                  pulumi.String(fmt.Sprintf("Gateways of every region and zone, port %d.", entry.port)),
		Protocol:                     pulumi.String("TCP"),
		LoadBalancingScheme:          pulumi.String("EXTERNAL_MANAGED"),
		Backends:                     backends,
		HealthChecks:                 health,
		SecurityPolicy:               armor,
		SessionAffinity:              pulumi.String("CLIENT_IP"),
		TimeoutSec:                   pulumi.Int(idleSeconds),
		ConnectionDrainingTimeoutSec: pulumi.Int(drainSeconds),
		LogConfig:                    compute.BackendServiceLogConfigArgs{Enable: pulumi.Bool(true), SampleRate: pulumi.Float64(1)},
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the backend service: %w", err)
	}
	proxy, err := compute.NewTargetTCPProxy(ctx, name+"-"+entry.name, &compute.TargetTCPProxyArgs{
		Project:        args.Project,
		Description:    pulumi.String("Tells the gateways each client's address."),
		BackendService: service.SelfLink,
		ProxyHeader:    pulumi.String("PROXY_V1"),
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the proxy: %w", err)
	}
	_, err = compute.NewGlobalForwardingRule(ctx, name+"-"+entry.name, &compute.GlobalForwardingRuleArgs{
		Project:             args.Project,
		Description:         pulumi.String(fmt.Sprintf("Port %d of the environment's address.", entry.port)),
		IpAddress:           address.Address,
		IpProtocol:          pulumi.String("TCP"),
		PortRange:           pulumi.String(fmt.Sprint(entry.port)),
		LoadBalancingScheme: pulumi.String("EXTERNAL_MANAGED"),
		Target:              proxy.SelfLink,
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the forwarding rule: %w", err)
	}
	return nil
}

// group finds the endpoint group of a zone by its name. The name is known only
// once the group exists, so a preview before that looks nothing up.
func group(ctx *pulumi.Context, project, name pulumi.StringInput, zone string) pulumi.StringInput {
	found := compute.LookupNetworkEndpointGroupOutput(ctx, compute.LookupNetworkEndpointGroupOutputArgs{
		Project: project.ToStringOutput().ToStringPtrOutput(),
		Name:    name.ToStringOutput().ToStringPtrOutput(),
		Zone:    pulumi.StringPtr(zone),
	})
	return found.SelfLink().Elem()
}
