// Package edge makes the one address that the world knows, and the global
// proxy load balancer that passes its connections on to the gateways of every
// region and zone. Connections are passed on as they are, with the client's
// address in a PROXY header: TLS ends at the gateway, because the load
// balancer's own policies stop at TLS 1.2 in this version of the provider.
//
// The endpoint groups are made by the clusters, for the gateway's Service, and
// only looked up here.
package edge

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:edge:Edge"

// Args says where connections go.
type Args struct {
	Project pulumi.StringInput // with Compute on
	Network pulumi.StringInput // that the nodes are in

	Regions []Region
	// Balancers are the ranges from which Google's load balancers and health
	// checks connect.
	Balancers []netip.Prefix
	// Deny lists ranges whose connections are refused, by a name for each.
	Deny map[string]netip.Prefix

	HTTPSPort, HTTPPort int // of the gateway's pods
	HealthPort          int
	HealthPath          string

	Protect bool
}

// Region is where a gateway runs.
type Region struct {
	Name    string
	Zones   []string // that its nodes are in; each has at least one
	NodeTag string   // network tag of its nodes
	// HTTPSGroup and HTTPGroup are the names of the gateway's endpoint groups,
	// known once the groups exist.
	HTTPSGroup, HTTPGroup pulumi.StringInput
}

// Edge is the load balancer.
type Edge struct {
	pulumi.ResourceState

	Address pulumi.StringOutput `pulumi:"address"`
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Network == nil {
		errs = append(errs, errors.New("Args.Project and Args.Network are required"))
	}
	if len(a.Regions) == 0 || len(a.Balancers) == 0 {
		errs = append(errs, errors.New("Args.Regions and Args.Balancers must not be empty"))
	}
	for _, r := range a.Regions {
		if r.Name == "" || len(r.Zones) == 0 || r.NodeTag == "" || r.HTTPSGroup == nil || r.HTTPGroup == nil {
			errs = append(errs, fmt.Errorf("region %q: Name, Zones, NodeTag, HTTPSGroup and HTTPGroup are required", r.Name))
		}
	}
	if a.HTTPSPort == 0 || a.HTTPPort == 0 || a.HealthPort == 0 || a.HealthPath == "" {
		errs = append(errs, errors.New("Args.HTTPSPort, HTTPPort, HealthPort and HealthPath are required"))
	}
	return errors.Join(errs...)
}

// New makes the load balancer.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Edge, error) {
	if args == nil {
		return nil, fmt.Errorf("edge.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("edge.New %q: %w", name, err)
	}
	e := &Edge{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{}, e, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	// Names in the world's resolvers and clients' firewalls point to it.
	address, err := compute.NewGlobalAddress(ctx, name+"-address", &compute.GlobalAddressArgs{
		Project:     args.Project,
		Description: pulumi.String("The address of every host of the environment."),
		AddressType: pulumi.String("EXTERNAL"),
		IpVersion:   pulumi.String("IPV4"),
	}, pulumi.Parent(e), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("reserve the address: %w", err)
	}
	if err := e.newFirewall(ctx, name, args); err != nil {
		return nil, err
	}
	health, err := e.newHealthCheck(ctx, name, args)
	if err != nil {
		return nil, err
	}
	armor, err := e.newArmor(ctx, name, args)
	if err != nil {
		return nil, err
	}
	for _, entry := range []entry{
		{"https", 443, func(r Region) pulumi.StringInput { return r.HTTPSGroup }},
		{"http", 80, func(r Region) pulumi.StringInput { return r.HTTPGroup }},
	} {
		if err := e.newEntry(ctx, name, args, entry, address, health, armor); err != nil {
			return nil, fmt.Errorf("port %d: %w", entry.port, err)
		}
	}
	e.Address = address.Address
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{"address": e.Address})
}

// entry is a port of the address, and the groups that answer there.
type entry struct {
	name  string
	port  int
	group func(Region) pulumi.StringInput
}
