package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// leastPriority is where the rule that refuses everything stands: after all
// others and before Google's implied ones, which are not logged.
const leastPriority = 65534

// newFirewall refuses and logs what no other rule allows. GKE adds the rules
// between a control plane and its nodes by itself.
func (n *Network) newFirewall(ctx *pulumi.Context, name string, project pulumi.StringInput) error {
	_, err := compute.NewFirewall(ctx, name+"-deny", &compute.FirewallArgs{
		Project:      project,
		Network:      n.ID,
		Description:  pulumi.String("Refuses and logs every connection that no other rule allows."),
		Direction:    pulumi.String("INGRESS"),
		Priority:     pulumi.Int(leastPriority),
		SourceRanges: pulumi.ToStringArray([]string{"0.0.0.0/0"}),
		Denies:       compute.FirewallDenyArray{compute.FirewallDenyArgs{Protocol: pulumi.String("all")}},
		LogConfig:    compute.FirewallLogConfigArgs{Metadata: pulumi.String("INCLUDE_ALL_METADATA")},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("create the refusing firewall rule: %w", err)
	}
	return nil
}
