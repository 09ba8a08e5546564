package gcp

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

func checkAddress(in resource.PropertyMap) []problem {
	var problems []problem
	internal := text(in, "addressType") == "INTERNAL"
	if internal && !has(in, "network") {
		problems = append(problems, problem{"network", "must be set when addressType is INTERNAL"})
	}
	if text(in, "purpose") == "VPC_PEERING" {
		if !internal {
			problems = append(problems, problem{"addressType", "must be INTERNAL when purpose is VPC_PEERING"})
		}
		if bits := number(in, "prefixLength"); has(in, "prefixLength") && (bits < 8 || bits > 29) && bits != 0 {
			problems = append(problems, problem{"prefixLength", fmt.Sprintf("must be from 8 to 29 when purpose is VPC_PEERING, got %v", bits)})
		} else if !has(in, "prefixLength") {
			problems = append(problems, problem{"prefixLength", "must be set when purpose is VPC_PEERING"})
		}
	}
	if value := text(in, "address"); value != "" {
		if _, err := netip.ParseAddr(value); err != nil {
			problems = append(problems, problem{"address", fmt.Sprintf("%q is not an IP address", clip(value))})
		}
	}
	return problems
}

// publicAddresses is a block for documentation (RFC 5737): no address that the
// sandbox hands out belongs to anybody.
var publicAddresses = netip.MustParsePrefix("203.0.113.0/24")

// reserveAddress takes the wanted block, or a free one.
func reserveAddress(o *op) error {
	bits := int(number(o.in, "prefixLength"))
	if o.text("addressType") != "INTERNAL" {
		used, err := o.addresses(addressType, "address")
		if err != nil || o.text("address") != "" {
			return err
		}
		return o.allocate("address", publicAddresses, used)
	}
	if wanted := o.text("address"); wanted != "" {
		if bits == 0 {
			return nil
		}
		block := netip.PrefixFrom(netip.MustParseAddr(wanted), bits)
		if block != block.Masked() {
			return invalid("write "+block.Masked().Addr().String(), "Invalid value for field 'resource.address': '%s'. It is not the start of a /%d", wanted, bits)
		}
		return o.checkOverlap(o.text("network"), "resource.address", []string{block.String()})
	}
	// Google picks among all private ranges; the sandbox among those that the
	// program's own plans leave alone.
	for second := 240; second > 0; second-- {
		block := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(second), 0, 0}), bits).Masked()
		if o.checkOverlap(o.text("network"), "resource.address", []string{block.String()}) == nil {
			o.set("address", block.Addr().String())
			return nil
		}
	}
	return refuse(400, "resourceExhausted", "name an address", "The network has no free block of /%d", bits)
}

// checkAddressUnused refuses to free a range from which instances have
// addresses.
func checkAddressUnused(o *op) error {
	if err := o.checkAddressUnrouted(); err != nil {
		return err
	}
	block := reserved(o.old.Properties)
	if !block.IsValid() {
		return nil
	}
	for token, path := range map[string]string{sqlInstanceType: "privateIpAddress", redisType: "host"} {
		records, err := o.live(token)
		if err != nil {
			return err
		}
		for _, record := range records {
			address, err := netip.ParseAddr(text(record.Properties, path))
			if err == nil && record.Project == o.old.Project && block.Contains(address) {
				return refuse(400, "resourceInUseByAnotherResource", "delete the instance first",
					"The address resource '%s' is already being used by %s", o.id, describe(record))
			}
		}
	}
	return nil
}

// addresses collects those that resources of a type have: public ones wherever
// they are, since one is nobody else's, and private ones of this project.
func (o *op) addresses(token string, paths ...string) (map[netip.Addr]bool, error) {
	records, err := o.live(token)
	if err != nil {
		return nil, err
	}
	used := map[netip.Addr]bool{}
	for _, record := range records {
		for _, path := range paths {
			if address, err := netip.ParseAddr(text(record.Properties, path)); err == nil && (record.Project == o.project.ID || !address.IsPrivate()) {
				used[address] = true
			}
		}
	}
	return used, nil
}

// allocate gives an output the first free address of a block. The first two
// and the last are Google's.
func (o *op) allocate(output string, block netip.Prefix, used map[netip.Addr]bool) error {
	for address := block.Addr().Next().Next(); block.Contains(address); address = address.Next() {
		if !used[address] && block.Contains(address.Next()) {
			used[address] = true
			o.set(output, address.String())
			return nil
		}
	}
	return refuse(400, "resourceExhausted", "reserve a larger range", "Couldn't find free blocks in allocated IP ranges: %s is full", block)
}

// managedRange is the block that a managed service takes addresses from: the
// named one, or the first that the network's connection has. It is refused
// when the network has no connection, or the connection does not have it.
func (o *op) managedRange(network, name string, missing error) (netip.Prefix, error) {
	connections, err := o.tx.List(connectionType) // an abandoned one still connects
	if err != nil {
		return netip.Prefix{}, err
	}
	vpc, err := o.named(networkType, network)
	if err != nil || vpc == nil {
		return netip.Prefix{}, err
	}
	var connection *cloud.Record
	for _, candidate := range connections {
		if (reference{to: networkType}).names(&op{project: cloud.Project{ID: candidate.Project}}, text(candidate.Properties, "network"), vpc) {
			connection = candidate
		}
	}
	if connection == nil {
		return netip.Prefix{}, missing
	}
	ranges := texts(connection.Properties, "reservedPeeringRanges")
	for _, candidate := range ranges {
		if name != "" && candidate != name {
			continue
		}
		found, err := o.named(addressType, candidate)
		if err != nil || found == nil {
			return netip.Prefix{}, err
		}
		return reserved(found.Properties), nil
	}
	return netip.Prefix{}, invalid("name one of the connection's ranges, or add it to its reservedPeeringRanges",
		"The allocated IP range '%s' is not among the ranges of the private services connection of '%s' (%v)", name, vpc.ID, ranges)
}
