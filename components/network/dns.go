package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newNameLogs logs every name that something in the network looks up: what a
// compromised pod asks for is often the first sign of it.
func (n *Network) newNameLogs(ctx *pulumi.Context, name string, project pulumi.StringInput) error {
	_, err := dns.NewPolicy(ctx, name+"-names", &dns.PolicyArgs{
		Project:                 project,
		Description:             pulumi.String("Logs the names that are looked up in the network."),
		EnableLogging:           pulumi.Bool(true),
		EnableInboundForwarding: pulumi.Bool(false),
		Networks:                dns.PolicyNetworkArray{dns.PolicyNetworkArgs{NetworkUrl: n.ID}},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("log the names that are looked up: %w", err)
	}
	return nil
}
