package spec

import (
	"fmt"
	"strings"
)

// Labels of a database instance that the policy pack reads.
const (
	LabelRole    = "role"         // primary, replica, retired
	LabelWrites  = "pool-writes"  // connections that the poolers of one region hold to the primary
	LabelReads   = "pool-reads"   // connections that the poolers of its region hold to a replica
	LabelReserve = "pool-reserve" // connections kept for what goes past the poolers
	LabelLost    = "lost-region"  // the region without a replica, because it is out
)

// InstanceLabels say what an instance is for.
func (e *Environment) InstanceLabels(instance Instance) map[string]string {
	labels := map[string]string{
		LabelRole: "replica",
		// Of one region, so that a region more changes no instance.
		LabelWrites:  fmt.Sprint(e.connections(1, e.Pooler.PoolSize.Write).Pools),
		LabelReads:   fmt.Sprint(e.ReplicaConnections().Pools),
		LabelReserve: fmt.Sprint(e.ReplicaConnections().Reserve),
	}
	switch {
	case instance.Retired && !instance.Lost:
		labels[LabelRole] = "retired"
	case instance.Master == "" && instance.Lost:
		labels[LabelRole] = "primary"
	case instance.Master == "":
		labels[LabelRole] = "primary"
		var lost []string
		for _, region := range e.Regions {
			if e.LostRegion(region.Name) {
				lost = append(lost, string(region.Name))
			}
		}
		if len(lost) > 0 {
			labels[LabelLost] = strings.Join(lost, "_")
		}
	}
	return labels
}
