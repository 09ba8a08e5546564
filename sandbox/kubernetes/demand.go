package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// demand is what pods ask for, under the names that a quota bounds.
type demand map[string]resource.Quantity

func (d demand) add(other demand) {
	for name, quantity := range other {
		sum := d[name]
		sum.Add(quantity)
		d[name] = sum
	}
}

var (
	limitRanges = schema.GroupVersionResource{Version: "v1", Resource: "limitranges"}
	// makers are the collections whose objects keep pods running.
	makers = []schema.GroupVersionResource{
		{Group: "apps", Version: "v1", Resource: "deployments"},
		{Group: "apps", Version: "v1", Resource: "statefulsets"},
		{Group: "apps", Version: "v1", Resource: "daemonsets"},
		{Group: "apps", Version: "v1", Resource: "replicasets"},
		{Group: "batch", Version: "v1", Resource: "jobs"},
		{Group: "argoproj.io", Version: "v1alpha1", Resource: "rollouts"},
	}
)

// fits says whether all pods of the object and of its neighbours together fit
// the namespace's quotas. Admission judges one pod, and no pod ever runs here
// that would count against the next. A preview leaves the neighbours out: the
// same update may make them smaller.
func (c *client) fits(ctx context.Context, object *unstructured.Unstructured, preview bool) error {
	bounds, err := c.dynamic.Resource(quotas).Namespace(object.GetNamespace()).List(ctx, metav1.ListOptions{})
	if err != nil || len(bounds.Items) == 0 {
		return err
	}
	limits, err := c.dynamic.Resource(limitRanges).Namespace(object.GetNamespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	wanted, err := demanded(object, limits.Items)
	if err != nil {
		return err
	}
	all := maps.Clone(wanted)
	for _, maker := range makers {
		if preview {
			break
		}
		list, err := c.dynamic.Resource(maker).Namespace(object.GetNamespace()).List(ctx, metav1.ListOptions{})
		if apierrors.IsNotFound(err) {
			continue // no such kind is defined
		}
		if err != nil {
			return err
		}
		for i := range list.Items {
			other := &list.Items[i]
			if other.GetKind() == object.GetKind() && other.GetName() == object.GetName() {
				continue
			}
			asked, err := demanded(other, limits.Items)
			if err != nil {
				return err
			}
			all.add(asked)
		}
	}
	for i := range bounds.Items {
		if err := within(&bounds.Items[i], wanted, all); err != nil {
			return err
		}
	}
	return nil
}

// errExceeded says that a quota is too small for all pods together.
var errExceeded = errors.New("exceeded quota")

// within compares what all pods ask for with one quota. A quota with scopes
// bounds only some pods: admission knows which.
func within(quota *unstructured.Unstructured, wanted, all demand) error {
	if scopes, ok, _ := unstructured.NestedSlice(quota.Object, "spec", "scopes"); ok && len(scopes) > 0 {
		return nil
	}
	hard, _, err := unstructured.NestedStringMap(quota.Object, "spec", "hard")
	if err != nil {
		return err
	}
	var exceeded []string
	for _, name := range slices.Sorted(maps.Keys(hard)) {
		bound, err := resource.ParseQuantity(hard[name])
		if err != nil {
			return fmt.Errorf("quota %s: %s: %w", quota.GetName(), name, err)
		}
		canonical := name
		if name == "cpu" || name == "memory" {
			canonical = "requests." + name
		}
		sum, ok := all[canonical]
		if mine := wanted[canonical]; !ok || mine.IsZero() || sum.Cmp(bound) <= 0 {
			continue
		}
		mine := wanted[canonical]
		exceeded = append(exceeded, fmt.Sprintf("%s: its pods ask for %s, all workloads of the namespace for %s, limited to %s", name, mine.String(), sum.String(), hard[name]))
	}
	if len(exceeded) > 0 {
		return fmt.Errorf("%w: %s: %s", errExceeded, quota.GetName(), strings.Join(exceeded, "; "))
	}
	return nil
}

// demanded is what the object's pods ask for together.
func demanded(object *unstructured.Unstructured, limits []unstructured.Unstructured) (demand, error) {
	spec, _ := podOf(object)
	count := replicas(object)
	total := demand{}
	if spec == nil || count == 0 {
		return total, nil
	}
	one := demand{"pods": resource.MustParse("1")}
	containers, _ := spec["containers"].([]any)
	for _, container := range containers {
		asked, err := containerDemand(asMap(container), limits)
		if err != nil {
			return nil, err
		}
		one.add(asked)
	}
	for range count {
		total.add(one)
	}
	return total, nil
}
