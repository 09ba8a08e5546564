package graph

import (
	"strings"

	"github.com/avila-devops/saas/stacks/spec"
)

// Global is the region of what is in none.
const Global = "global"

// Region is where a resource is: by its own inputs, or by the region in its
// name or its parent's.
func (r Resource) Region() string {
	for _, input := range []string{"region", "location"} {
		text := strings.ToLower(r.Text(input))
		if _, known := spec.Places[spec.RegionName(text)]; known {
			return text
		}
	}
	parent := ""
	if r.Parent != "" {
		parent = r.Parent.Name()
	}
	for region := range spec.Places {
		if strings.Contains(r.Name, string(region)) || strings.Contains(parent, string(region)) {
			return string(region)
		}
	}
	return Global
}
