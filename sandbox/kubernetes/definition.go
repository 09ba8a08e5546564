package kubernetes

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
				return live, nil
			case condition["type"] == "NamesAccepted" && condition["status"] == "False":
				return live, fmt.Errorf("its names are not accepted: %v", condition["message"])
			}
		}
		if err := pause(deadline, establishInterval); err != nil {
			return live, fmt.Errorf("the server does not establish it: %w", err)
		}
	}
}
