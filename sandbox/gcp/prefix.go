package gcp

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// checkPrefixes judges the CIDR blocks at a path.
func checkPrefixes(in resource.PropertyMap, path string, fewest, most int) []problem {
	var problems []problem
	for _, value := range texts(in, path) {
		prefix, err := netip.ParsePrefix(value)
		switch {
		case err != nil:
			problems = append(problems, problem{path, fmt.Sprintf("%q is not a valid CIDR block: write it like 10.0.0.0/20", clip(value))})
		case prefix != prefix.Masked():
			problems = append(problems, problem{path, fmt.Sprintf("%q is not a valid CIDR block: write %s", value, prefix.Masked())})
		case prefix.Bits() < fewest || prefix.Bits() > most:
			problems = append(problems, problem{path, fmt.Sprintf("%q must have a prefix length from %d to %d", value, fewest, most)})
		}
	}
	return problems
}

// mustPrefix is for text that Check accepted; the zero Prefix otherwise.
func mustPrefix(value string) netip.Prefix {
	prefix, _ := netip.ParsePrefix(value)
	return prefix
}

// taken is a block of addresses of a VPC, and who has it.
type taken struct {
	prefix netip.Prefix
	owner  string
}

// taken lists the blocks that are in use in a network, except those of one
// resource: subnetworks with their secondary ranges, reserved ranges and the
// GKE control planes' ends of their peerings.
func (o *op) taken(network *cloud.Record, except string) ([]taken, error) {
	var all []taken
	collect := func(token string, blocks func(resource.PropertyMap) []string, what string) error {
		records, err := o.live(token)
		if err != nil {
			return err
		}
		ref := reference{path: "network", to: networkType}
		for _, record := range records {
			holder := &op{project: cloud.Project{ID: record.Project}}
			if record.ID == except || !ref.names(holder, text(record.Properties, "network"), network) {
				continue
			}
			for _, block := range blocks(record.Properties) {
				if prefix := mustPrefix(block); prefix.IsValid() {
					all = append(all, taken{prefix, fmt.Sprintf("%s '%s'", what, record.Name())})
				}
			}
		}
		return nil
	}
	err := collect(subnetType, func(p resource.PropertyMap) []string {
		return append(texts(p, "ipCidrRange"), texts(p, "secondaryIpRanges.ipCidrRange")...)
	}, "subnetwork")
	if err == nil {
		err = collect(addressType, func(p resource.PropertyMap) []string { return []string{reserved(p).String()} }, "reserved range")
	}
	if err == nil {
		err = collect(clusterType, func(p resource.PropertyMap) []string {
			return texts(p, "privateClusterConfig.masterIpv4CidrBlock")
		}, "the control plane of cluster")
	}
	return all, err
}

// reserved is the block of a global address, or the zero Prefix when it is a
// single address.
func reserved(p resource.PropertyMap) netip.Prefix {
	address, err := netip.ParseAddr(text(p, "address"))
	bits := int(number(p, "prefixLength"))
	if err != nil || bits == 0 || text(p, "addressType") != "INTERNAL" {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(address, bits)
}

// checkSubnetRanges refuses a subnetwork whose ranges overlap others of the
// VPC, or each other.
// https://cloud.google.com/vpc/docs/subnets#ipv4-ranges
func checkSubnetRanges(o *op) error {
	blocks := append(texts(o.in, "ipCidrRange"), texts(o.in, "secondaryIpRanges.ipCidrRange")...)
	return o.checkOverlap(o.text("network"), "resource.ipCidrRange", blocks)
}

// checkOverlap refuses blocks that overlap what the network has, or each other.
func (o *op) checkOverlap(network, field string, blocks []string) error {
	vpc, err := o.named(networkType, network)
	if err != nil {
		return err
	}
	var used []taken
	if vpc != nil {
		if used, err = o.taken(vpc, o.id); err != nil {
			return err
		}
	}
	for _, block := range blocks {
		prefix := mustPrefix(block)
		for _, other := range used {
			if prefix.Overlaps(other.prefix) {
				return invalid("choose a range that is free", "Invalid value for field '%s': '%s'. Invalid IPCidrRange: %s conflicts with existing %s (%s)",
					field, block, block, other.owner, other.prefix)
			}
		}
		used = append(used, taken{prefix, "range of the same resource"})
	}
	return nil
}
