package kubernetes

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// containerDemand is what a container asks for once the defaults of the
// namespace are filled in: a request that is not given is the limit, or else
// the LimitRange's.
func containerDemand(container map[string]any, limits []unstructured.Unstructured) (demand, error) {
	given := asMap(container["resources"])
	requests, bounds := copied(given["requests"]), copied(given["limits"])
	for name, value := range bounds {
		fill(requests, name, value)
	}
	for i := range limits {
		items, _, err := unstructured.NestedSlice(limits[i].Object, "spec", "limits")
		if err != nil {
			return nil, fmt.Errorf("limit range %s: %w", limits[i].GetName(), err)
		}
		for _, each := range items {
			item := asMap(each)
			if item["type"] != "Container" {
				continue
			}
			for name, value := range asMap(item["defaultRequest"]) {
				fill(requests, name, value)
			}
			for name, value := range asMap(item["default"]) {
				fill(bounds, name, value)
			}
		}
	}
	total := demand{}
	for prefix, values := range map[string]map[string]any{"requests.": requests, "limits.": bounds} {
		for name, value := range values {
			quantity, err := resource.ParseQuantity(fmt.Sprint(value))
			if err != nil {
				return nil, fmt.Errorf("container %v: %s%s %v: %w", container["name"], prefix, name, value, err)
			}
			total[prefix+name] = quantity
		}
	}
	return total, nil
}

// copied is the map that the value is, for changing.
func copied(value any) map[string]any {
	m := map[string]any{}
	for name, v := range asMap(value) {
		m[name] = v
	}
	return m
}

// fill sets what is not set.
func fill(values map[string]any, name string, value any) {
	if _, ok := values[name]; !ok {
		values[name] = value
	}
}
