package spec

import (
	"fmt"
	"strings"
)

// Labels of a database instance that the policy pack reads.
const (
	LabelRole        = "role"               // primary, replica, retired
	LabelConnections = "pooled-connections" // how many connections the poolers may hold to it, with what is kept back
	LabelLost        = "lost-region"        // the region without a replica, because it is out
)

// InstanceLabels say what an instance is for.
func (e *Environment) InstanceLabels(instance Instance) map[string]string {
	labels := map[string]string{
		"environment": e.Name, "component": "database", LabelRole: "replica",
		// A replica may be promoted, and holds as many then.
		LabelConnections: fmt.Sprint(max(e.PrimaryConnections().Need(), e.ReplicaConnections().Need())),
	}
	switch {
	case instance.Retired:
		labels[LabelRole] = "retired"
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
