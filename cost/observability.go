package cost

import "github.com/avila-devops/saas/stacks/graph"

// observability prices logs and metrics once for the project: no one resource
// writes them.
func observability(s *sheet, _ []graph.Resource) error {
	s.resource, s.region = graph.Resource{Name: "project", Parent: "urn:pulumi:x::saas::saas:project:Project::project"}, "global"
	for _, row := range []struct{ what, sku, key string }{
		{"logs", "logs/storage", "logs.gib"},
		{"flow, firewall and NAT logs", "logs/network", "logs.network.gib"},
		{"metrics", "metrics/data", "metrics.mib"},
	} {
		if err := s.used(row.what, row.sku, row.key, 1); err != nil {
			return err
		}
	}
	return nil
}

func alert(s *sheet) error {
	conditions := 1.0
	if list := s.resource.Get("conditions"); list.IsArray() {
		conditions = float64(len(list.ArrayValue()))
	}
	return s.add("conditions", "monitoring/alert", conditions)
}

func uptime(s *sheet) error { return s.used("executions", "monitoring/uptime", "uptime.thousands", 1) }

func topic(s *sheet) error { return s.used("messages", "pubsub/data", "pubsub.tib", 1) }
