// Package network makes the environment's private network: one VPC, in each
// region a subnetwork with ranges for pods and services, a router with NAT for
// what must leave, and the private services ranges that Cloud SQL and
// Memorystore live in. It plans no addresses: it is given them.
package network

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:network:Network"

// Names of the subnetworks' secondary ranges, which GKE is told of.
const (
	PodRange     = "pods"
	ServiceRange = "services"
)

// Args says where the network reaches and with which addresses.
type Args struct {
	Project pulumi.StringInput // with Compute on
	Peering pulumi.StringInput // the project, with ServiceNetworking on
	DNS     pulumi.StringInput // the project, with DNS on
	Regions []Region
}

// Region is a region's share of the addresses. Prefixes are disjoint over all
// regions.
type Region struct {
	Name     string
	Nodes    netip.Prefix
	Pods     netip.Prefix
	Services netip.Prefix
	Managed  netip.Prefix // private services access
}

// Network is the VPC with a Subnet in each region.
type Network struct {
	pulumi.ResourceState

	ID pulumi.StringOutput `pulumi:"id"`
	// Private is the VPC once services of Google can be reached in it by
	// private addresses. Instances with a private address take it from here.
	Private pulumi.StringOutput `pulumi:"private"`

	Subnets map[string]*Subnet // by region
}

// Subnet is the network in one region.
type Subnet struct {
	ID      pulumi.StringOutput
	Managed pulumi.StringOutput // name of the range that managed services take addresses from
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Peering == nil || a.DNS == nil {
		errs = append(errs, errors.New("Args.Project, Peering and DNS are required"))
	}
	if len(a.Regions) == 0 {
		errs = append(errs, errors.New("Args.Regions is empty"))
	}
	for _, r := range a.Regions {
		for what, prefix := range map[string]netip.Prefix{"Nodes": r.Nodes, "Pods": r.Pods, "Services": r.Services, "Managed": r.Managed} {
			if !prefix.IsValid() {
				errs = append(errs, fmt.Errorf("region %s: %s has no prefix", r.Name, what))
			}
		}
	}
	return errors.Join(errs...)
}

// New makes the network.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Network, error) {
	if args == nil {
		return nil, fmt.Errorf("network.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("network.New %q: %w", name, err)
	}
	n := &Network{Subnets: map[string]*Subnet{}}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{}, n, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	vpc, err := compute.NewNetwork(ctx, name+"-vpc", &compute.NetworkArgs{
		Project:                     args.Project,
		Description:                 pulumi.String("Private network of the environment; subnetworks are made by hand, none by default."),
		AutoCreateSubnetworks:       pulumi.Bool(false),
		RoutingMode:                 pulumi.String("GLOBAL"),
		DeleteDefaultRoutesOnCreate: pulumi.Bool(false),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("create the VPC: %w", err)
	}
	n.ID = vpc.ID().ToStringOutput()
	for _, region := range args.Regions {
		subnet, err := n.newSubnet(ctx, name+"-"+region.Name, args.Project, region)
		if err != nil {
			return nil, fmt.Errorf("region %s: %w", region.Name, err)
		}
		n.Subnets[region.Name] = subnet
	}
	if err := n.newFirewall(ctx, name, args.Project); err != nil {
		return nil, err
	}
	if err := n.newNameLogs(ctx, name, args.DNS); err != nil {
		return nil, err
	}
	if err := n.newPrivateAPIs(ctx, name, args.DNS); err != nil {
		return nil, err
	}
	if err := n.newPeering(ctx, name, args); err != nil {
		return nil, err
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"id": n.ID, "private": n.Private})
}
