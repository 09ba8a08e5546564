package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PrivateAPIs is the range at which Google's APIs answer inside the network.
// Workloads that are let out to nothing else can be let out to it.
// https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options
const PrivateAPIs = "199.36.153.8/30"

// privateAPIs are the addresses of that range, and how long, in seconds, they
// may be kept.
var privateAPIs = []string{"199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"}

const privateAPISeconds = 300

// newPrivateAPIs makes the names of Google's APIs stand for addresses that
// never leave Google's network.
func (n *Network) newPrivateAPIs(ctx *pulumi.Context, name string, project pulumi.StringInput) error {
	zone, err := dns.NewManagedZone(ctx, name+"-apis", &dns.ManagedZoneArgs{
		Project:     project,
		DnsName:     pulumi.String("googleapis.com."),
		Description: pulumi.String("Google's APIs at private addresses."),
		Visibility:  pulumi.String("private"),
		PrivateVisibilityConfig: dns.ManagedZonePrivateVisibilityConfigArgs{
			Networks: dns.ManagedZonePrivateVisibilityConfigNetworkArray{dns.ManagedZonePrivateVisibilityConfigNetworkArgs{NetworkUrl: n.ID}},
		},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("make the zone of Google's APIs: %w", err)
	}
	for _, record := range []struct {
		name, host, kind string
		data             []string
	}{
		{"-apis-addresses", "private.googleapis.com.", "A", privateAPIs},
		{"-apis-names", "*.googleapis.com.", "CNAME", []string{"private.googleapis.com."}},
	} {
		_, err := dns.NewRecordSet(ctx, name+record.name, &dns.RecordSetArgs{
			Project: zone.Project, ManagedZone: zone.Name, Name: pulumi.String(record.host), Type: pulumi.String(record.kind),
			Ttl: pulumi.Int(privateAPISeconds), Rrdatas: pulumi.ToStringArray(record.data),
		}, pulumi.Parent(n))
		if err != nil {
			return fmt.Errorf("name Google's APIs: %s: %w", record.host, err)
		}
	}
	return nil
}
