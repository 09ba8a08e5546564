package edge

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newFirewall lets the load balancer and its health checks reach the gateway's
// ports on the nodes, and nobody else.
func (e *Edge) newFirewall(ctx *pulumi.Context, name string, args *Args) error {
	var ranges, tags []string
	for _, block := range args.Balancers {
		ranges = append(ranges, block.String())
	}
	for _, region := range args.Regions {
		tags = append(tags, region.NodeTag)
	}
	_, err := compute.NewFirewall(ctx, name+"-balancer", &compute.FirewallArgs{
		Project:      args.Project,
		Network:      args.Network,
		Description:  pulumi.String("Lets Google's load balancers and health checks reach the gateways."),
		Direction:    pulumi.String("INGRESS"),
		Priority:     pulumi.Int(1000),
		SourceRanges: pulumi.ToStringArray(ranges),
		TargetTags:   pulumi.ToStringArray(tags),
		Allows: compute.FirewallAllowArray{compute.FirewallAllowArgs{
			Protocol: pulumi.String("tcp"),
			Ports: pulumi.ToStringArray([]string{
				fmt.Sprint(args.HTTPSPort), fmt.Sprint(args.HTTPPort), fmt.Sprint(args.HealthPort),
			}),
		}},
		LogConfig: compute.FirewallLogConfigArgs{Metadata: pulumi.String("INCLUDE_ALL_METADATA")},
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the firewall rule: %w", err)
	}
	return nil
}
