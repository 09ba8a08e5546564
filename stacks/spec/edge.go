package spec

import (
	"fmt"
	"net/netip"
	"strings"
)

// Edge is the load balancer in front of every region's gateway.
type Edge struct {
	// Deny lists ranges whose connections Cloud Armor refuses.
	Deny []Network `config:"deny"`
}

// CDN is the host of static and media files.
type CDN struct {
	// SigningKeys are generations of the key that signs URLs, the one in use
	// first; [1] unless set. To replace it: [2, 1], up, and [2] once no URL that
	// the old one signed is valid any more.
	SigningKeys []int `config:"signingKeys"`
}

// mostSigningKeys is how many Cloud CDN accepts at a time.
const mostSigningKeys = 3

func (c *CDN) applyDefaults() {
	if len(c.SigningKeys) == 0 {
		c.SigningKeys = []int{1}
	}
}

func (c CDN) validate(ps *problems) {
	path := key("cdn") + ".signingKeys"
	if len(c.SigningKeys) > mostSigningKeys {
		ps.add(ErrInvalid, path, fmt.Sprint(c.SigningKeys), fmt.Sprintf("has %d keys", len(c.SigningKeys)), fmt.Sprintf("keep at most %d", mostSigningKeys))
	}
	seen := map[int]bool{}
	for i, generation := range c.SigningKeys {
		at := fmt.Sprintf("%s[%d]", path, i)
		between(ps, at, generation, 1, 9999)
		if seen[generation] {
			ps.add(ErrDuplicate, at, fmt.Sprint(generation), "is listed twice", "list each generation once")
		}
		seen[generation] = true
	}
}

// Balancers are the addresses from which Google's load balancers and health
// checks connect. https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
func Balancers() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("130.211.0.0/22"), netip.MustParsePrefix("35.191.0.0/16")}
}

// NEGName is what the cluster of a region calls the group of its gateway's
// pods for a port, in each of its zones. It is fixed, so that the load
// balancer finds it; stack and region names are bounded so that it fits the 63
// characters of a name.
func (e *Environment) NEGName(r Region, port int) string {
	return fmt.Sprintf("gateway-%s-%s-%d", e.Name, r.Name, port)
}

// ApexHosts are the hosts of the platform itself.
func (e *Environment) ApexHosts() []string { return []string{e.Domain, "www." + e.Domain} }

// CDNHost is the host of static and media files.
func (e *Environment) CDNHost() string { return "cdn." + e.Domain }

// HostOf is a tenant's host.
func (e *Environment) HostOf(t Tenant) string { return t.Host + "." + e.Domain }

func (e Edge) validate(ps *problems) {
	for i, denied := range e.Deny {
		at := fmt.Sprintf("%s.deny[%d]", key("edge"), i)
		if strings.TrimSpace(denied.Name) == "" {
			ps.add(ErrMissing, at+".name", "", "is missing", "say who is refused, and why")
		}
		block, err := netip.ParsePrefix(denied.CIDR)
		switch {
		case err != nil || block.Masked() != block:
			ps.add(ErrInvalid, at+".cidr", denied.CIDR, "is not a CIDR block", "write it like 198.51.100.0/24")
		case block.Bits() < 8:
			ps.add(ErrInvalid, at+".cidr", denied.CIDR, "refuses a large part of the internet", "use a prefix of 8 bits or more")
		}
	}
}
