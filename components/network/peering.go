package network

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/servicenetworking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newPeering reserves each region's range and connects the VPC to the network
// that Google runs managed services in.
func (n *Network) newPeering(ctx *pulumi.Context, name string, args *Args) error {
	var ranges pulumi.StringArray
	for _, region := range args.Regions {
		reserved, err := compute.NewGlobalAddress(ctx, name+"-"+region.Name+"-managed", &compute.GlobalAddressArgs{
			Project:      args.Project,
			Network:      n.ID,
			Description:  pulumi.String("Cloud SQL and Memorystore in " + region.Name + "."),
			Purpose:      pulumi.String("VPC_PEERING"),
			AddressType:  pulumi.String("INTERNAL"),
			Address:      pulumi.String(region.Managed.Addr().String()),
			PrefixLength: pulumi.Int(region.Managed.Bits()),
		}, pulumi.Parent(n))
		if err != nil {
			return fmt.Errorf("region %s: reserve the managed services range: %w", region.Name, err)
		}
		n.Subnets[region.Name].Managed = reserved.Name
		ranges = append(ranges, reserved.Name)
	}
	connection, err := servicenetworking.NewConnection(ctx, name+"-managed", &servicenetworking.ConnectionArgs{
		Network:               pulumi.All(n.ID, args.Peering).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput),
		Service:               pulumi.String("servicenetworking.googleapis.com"),
		ReservedPeeringRanges: ranges,
		// Google keeps the peering for days after the last instance is gone and
		// refuses to delete it meanwhile; the VPC's own deletion removes it.
		DeletionPolicy: pulumi.String("ABANDON"),
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("connect private services access: %w", err)
	}
	n.Private = connection.Network
	return nil
}
