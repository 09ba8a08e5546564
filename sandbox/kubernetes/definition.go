package kubernetes

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	establishPatience = time.Minute
	establishInterval = 20 * time.Millisecond
)

// established waits until the server serves the kind that was defined.
func (p place) established(ctx context.Context, name string) (*unstructured.Unstructured, error) {
	deadline, cancel := context.WithTimeout(ctx, establishPatience)
	defer cancel()
	defer p.client.mapper.Reset()
	for {
		live, err := p.Get(deadline, name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		conditions, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
		for _, each := range conditions {
			switch condition := asMap(each); {
			case condition["type"] == "Established" && condition["status"] == "True":
				return live, p.client.serves(deadline, live)
			case condition["type"] == "NamesAccepted" && condition["status"] == "False":
				return live, fmt.Errorf("its names are not accepted: %v", condition["message"])
			}
		}
		if err := pause(deadline, establishInterval); err != nil {
			return live, fmt.Errorf("the server does not establish it: %w", err)
		}
	}
}

// serves waits until the server tells of the defined kind: what it can do is
// known a moment before what it says that it can.
func (c *client) serves(ctx context.Context, definition *unstructured.Unstructured) error {
	group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind")
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	for _, each := range versions {
		version := asMap(each)
		if version["served"] != true {
			continue
		}
		name, _ := version["name"].(string)
		for {
			c.mapper.Reset()
			_, err := c.kind(schema.GroupVersionKind{Group: group, Version: name, Kind: kind})
			if !meta.IsNoMatchError(err) {
				if err != nil {
					return err
				}
				break
			}
			if pause(ctx, establishInterval) != nil {
				return fmt.Errorf("the server does not tell of it: %w", err)
			}
		}
	}
	return nil
}
