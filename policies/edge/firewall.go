package edge

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// admitted are the ranges that may be let in: private ones (RFC 1918), and
// those of Google's load balancers and health checks.
// https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
var admitted = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("130.211.0.0/22"), netip.MustParsePrefix("35.191.0.0/16"),
}

// closed judges rules that let something in. One without a source range or
// another source lets the whole internet in.
func closed(m property.Map) []control.Finding {
	direction, allows := control.At(m, "direction"), control.At(m, "allows")
	if direction.IsString() && direction.AsString() == "EGRESS" || !allows.IsArray() || allows.AsArray().Len() == 0 {
		return nil
	}
	ranges := control.At(m, "sourceRanges")
	if ranges.IsComputed() {
		return nil
	}
	if !ranges.IsArray() || ranges.AsArray().Len() == 0 {
		for _, other := range []string{"sourceTags", "sourceServiceAccounts"} {
			if !control.At(m, other).IsNull() {
				return nil // of our own machines
			}
		}
		return []control.Finding{{Property: "sourceRanges", Fault: "is not set, which means everywhere"}}
	}
	var findings []control.Finding
	for i, value := range ranges.AsArray().AsSlice() {
		if value.IsString() && !within(value.AsString()) {
			findings = append(findings, control.Finding{Property: fmt.Sprintf("sourceRanges[%d]", i), Fault: fmt.Sprintf("admits %q", value.AsString())})
		}
	}
	return findings
}

func within(text string) bool {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return false
	}
	for _, allowed := range admitted {
		if allowed.Contains(block.Addr()) && allowed.Bits() <= block.Bits() {
			return true
		}
	}
	return false
}
