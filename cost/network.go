package cost

import (
	"strings"

	"github.com/avila-devops/saas/stacks/graph"
)

// natShare is a gateway's price in prices of one node: beyond 32 nodes Google
// asks a flat $0.044 an hour, where one node costs $0.0014.
// https://cloud.google.com/nat/pricing
func natShare(nodes float64) float64 {
	const limit, flat, each = 32, 0.044, 0.0014
	if nodes > limit {
		return flat / each
	}
	return nodes
}

// gateways prices each NAT by the nodes of its region, all of which use it.
func gateways(s *sheet, all []graph.Resource) error {
	for _, nat := range all {
		if nat.Type != "gcp:compute/routerNat:RouterNat" {
			continue
		}
		s.resource, s.region = nat, nat.Region()
		var least, most float64
		for _, pool := range all {
			if pool.Type != "gcp:container/nodePool:NodePool" || pool.Region() != s.region {
				continue
			}
			l, m, err := poolSize(pool)
			if err != nil {
				return err
			}
			least, most = least+l, most+m
		}
		if err := s.between("gateway, by its nodes", "nat/vm", natShare(least), natShare(most)); err != nil {
			return err
		}
		if err := s.used("addresses", "nat/address", "nat.addresses", 1); err != nil {
			return err
		}
		if err := s.used("data", "nat/data", "nat.gib", 1); err != nil {
			return err
		}
	}
	return nil
}

// firstRules share one price.
// https://cloud.google.com/load-balancing/pricing
const firstRules = 5

// forwardingRules prices global forwarding rules together, and what passes
// through them once.
func forwardingRules(s *sheet, all []graph.Resource) error {
	var rules float64
	for _, r := range all {
		if strings.HasPrefix(r.Type, "gcp:compute/globalForwardingRule:") {
			rules++
			s.resource = r
		}
	}
	if rules == 0 {
		return nil
	}
	s.region = "global"
	if err := s.add("forwarding rules, the first five together", "lb/first-rules", 1); err != nil {
		return err
	}
	if rules > firstRules {
		if err := s.add("further forwarding rules", "lb/more-rules", rules-firstRules); err != nil {
			return err
		}
	}
	if err := s.used("data through the load balancer", "lb/data", "lb.gib", 1); err != nil {
		return err
	}
	return s.used("to the internet", "network/egress", "egress.gib", 1)
}

// address prices external addresses; internal ranges are free.
func address(s *sheet) error {
	if s.resource.Text("addressType") == "INTERNAL" {
		return nil
	}
	return s.add("external address", "network/address", 1)
}

func backendBucket(s *sheet) error { return s.used("from the cache", "cdn/egress", "cdn.gib", 1) }

func securityPolicy(s *sheet) error {
	if err := s.add("policy", "armor/policy", 1); err != nil {
		return err
	}
	rules := s.resource.Get("rules")
	if !rules.IsArray() {
		return nil
	}
	return s.add("rules", "armor/rule", float64(len(rules.ArrayValue())))
}

func certificate(s *sheet) error { return s.add("certificate", "certificate/managed", 1) }

func zone(s *sheet) error {
	if err := s.add("zone", "dns/zone", 1); err != nil {
		return err
	}
	return s.used("queries", "dns/queries", "dns.queries.millions", 1)
}
