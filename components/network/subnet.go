package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (n *Network) newSubnet(ctx *pulumi.Context, name string, project pulumi.StringInput, region Region) (*Subnet, error) {
	subnet, err := compute.NewSubnetwork(ctx, name+"-nodes", &compute.SubnetworkArgs{
		Project:               project,
		Region:                pulumi.String(region.Name),
		Network:               n.ID,
		Description:           pulumi.String("Nodes, pods and services of the cluster in " + region.Name + "."),
		IpCidrRange:           pulumi.String(region.Nodes.String()),
		PrivateIpGoogleAccess: pulumi.Bool(true),
		SecondaryIpRanges: compute.SubnetworkSecondaryIpRangeArray{
			compute.SubnetworkSecondaryIpRangeArgs{RangeName: pulumi.String(PodRange), IpCidrRange: pulumi.String(region.Pods.String())},
			compute.SubnetworkSecondaryIpRangeArgs{RangeName: pulumi.String(ServiceRange), IpCidrRange: pulumi.String(region.Services.String())},
		},
		LogConfig: compute.SubnetworkLogConfigArgs{
			AggregationInterval: pulumi.String("INTERVAL_5_SEC"),
			FlowSampling:        pulumi.Float64(1),
			Metadata:            pulumi.String("INCLUDE_ALL_METADATA"),
		},
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("create the subnetwork: %w", err)
	}
	if err := n.newNAT(ctx, name, project, region); err != nil {
		return nil, err
	}
	return &Subnet{ID: subnet.ID().ToStringOutput()}, nil
}

// newNAT lets nodes without public addresses open connections outward, and
// nothing open one inward.
func (n *Network) newNAT(ctx *pulumi.Context, name string, project pulumi.StringInput, region Region) error {
	router, err := compute.NewRouter(ctx, name+"-router", &compute.RouterArgs{
		Project:     project,
		Region:      pulumi.String(region.Name),
		Network:     n.ID,
		Description: pulumi.String("Carries the NAT of " + region.Name + "."),
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("create the router: %w", err)
	}
	_, err = compute.NewRouterNat(ctx, name+"-nat", &compute.RouterNatArgs{
		Project:                       project,
		Region:                        pulumi.String(region.Name),
		Router:                        router.Name,
		NatIpAllocateOption:           pulumi.String("AUTO_ONLY"),
		SourceSubnetworkIpRangesToNat: pulumi.String("ALL_SUBNETWORKS_ALL_IP_RANGES"),
		LogConfig:                     compute.RouterNatLogConfigArgs{Enable: pulumi.Bool(true), Filter: pulumi.String("ERRORS_ONLY")},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("create the NAT: %w", err)
	}
	return nil
}
