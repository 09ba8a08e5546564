package cost

import "fmt"

// redisTiers are Memorystore's capacity tiers by the most GB of each: the price
// of a GB falls with the size.
// https://cloud.google.com/memorystore/docs/redis/pricing
var redisTiers = []struct {
	most float64
	name string
}{{4, "m1"}, {10, "m2"}, {35, "m3"}, {100, "m4"}, {300, "m5"}}

// redisInstance prices the GB of every node: with read replicas the primary
// and each replica are billed alike.
func redisInstance(s *sheet) error {
	size := s.resource.Number("memorySizeGb")
	if tier := s.resource.Text("tier"); tier != "STANDARD_HA" {
		return fmt.Errorf("tier %q is not in the price table; use STANDARD_HA, or add redis/… rows to cost/prices.csv and cost/redis.go", tier)
	}
	nodes := 2.0 // a primary and its standby
	if s.resource.Text("readReplicasMode") == "READ_REPLICAS_ENABLED" {
		nodes = 1 + s.resource.Number("replicaCount")
	}
	for _, tier := range redisTiers {
		if size <= tier.most {
			return s.add(fmt.Sprintf("%g GB on %g nodes", size, nodes), "redis/standard/"+tier.name, size*nodes)
		}
	}
	return fmt.Errorf("memorySizeGb %g is more than Memorystore's 300", size)
}
