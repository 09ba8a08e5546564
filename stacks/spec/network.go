package spec

import (
	"fmt"
	"net/netip"
)

// regionBits is the size of a region's block: a /14 holds a pod range for 512
// nodes at 256 addresses each, and leaves room for what comes.
const regionBits = 14

// AddressPlan is how a region's block is divided. All prefixes are disjoint
// and inside the block; cluster and managed services never share addresses.
type AddressPlan struct {
	Nodes        netip.Prefix // /20: primary range of the subnetwork
	Services     netip.Prefix // /20: Kubernetes Services
	Managed      netip.Prefix // /20: Cloud SQL and Memorystore, by private services access
	ControlPlane netip.Prefix // /28: the GKE control plane's end of its peering
	Pods         netip.Prefix // /15: 512 nodes at the default 110 pods (a /24 each)
}

// Plan divides the region's block. It panics on a block that validation
// refuses, so it is for a Region of a loaded Environment.
func (r Region) Plan() AddressPlan {
	base := netip.MustParsePrefix(r.CIDR).Addr()
	return AddressPlan{
		Nodes:        offset(base, 0, 20),
		Services:     offset(base, 1<<12, 20),
		Managed:      offset(base, 2<<12, 20),
		ControlPlane: offset(base, 3<<12, 28),
		Pods:         offset(base, 1<<17, 15),
	}
}

// offset is the prefix of the given size that starts addresses after base.
func offset(base netip.Addr, addresses uint32, bits int) netip.Prefix {
	b := base.As4()
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	n += addresses
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), bits)
}

// privateRange is RFC 1918's largest block, the only one with room for several
// regions of this size.
var privateRange = netip.MustParsePrefix("10.0.0.0/8")

// validateBlock checks a region's block and returns it, or the zero Prefix.
func validateBlock(ps *problems, path, text string) netip.Prefix {
	remedy := fmt.Sprintf("write a /%d inside %s, like 10.16.0.0/%d", regionBits, privateRange, regionBits)
	if text == "" {
		ps.add(ErrMissing, path, "", "is missing", remedy)
		return netip.Prefix{}
	}
	block, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !block.Addr().Is4():
		ps.add(ErrInvalid, path, text, "is not an IPv4 CIDR block", remedy)
	case block.Masked() != block:
		ps.add(ErrInvalid, path, text, "has bits set past its prefix", "write "+block.Masked().String())
	case block.Bits() != regionBits || !privateRange.Overlaps(block):
		ps.add(ErrInvalid, path, text, "is not a region's block", remedy)
	default:
		return block
	}
	return netip.Prefix{}
}
