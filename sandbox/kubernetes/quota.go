package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

var quotas = schema.GroupVersionResource{Version: "v1", Resource: "resourcequotas"}

// count does what the quota controller does: admission holds requests only to
// what the status says is allowed and used.
func (c *client) count(ctx context.Context, quota *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	hard, _, err := unstructured.NestedStringMap(quota.Object, "spec", "hard")
	if err != nil {
		return nil, err
	}
	used := map[string]string{}
	for name := range hard {
		if used[name], err = c.used(ctx, quota.GetNamespace(), name); err != nil {
			return nil, fmt.Errorf("count %s: %w", name, err)
		}
	}
	text, err := json.Marshal(map[string]any{"status": map[string]any{"hard": hard, "used": used}})
	if err != nil {
		return nil, err
	}
	return c.dynamic.Resource(quotas).Namespace(quota.GetNamespace()).
		Patch(ctx, quota.GetName(), types.MergePatchType, text, metav1.PatchOptions{FieldManager: "kube-controller-manager"}, "status")
}

// recount brings the quotas of a namespace up to date after a deletion, which
// admission does not see.
func (c *client) recount(ctx context.Context, namespace string) error {
	if namespace == "" {
		return nil
	}
	all, err := c.dynamic.Resource(quotas).Namespace(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range all.Items {
		// A quota may go while the others of its namespace are counted.
		if _, err := c.count(ctx, &all.Items[i]); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// used counts the objects that a name of a quota limits. What pods ask for is
// not used by anybody: no pod runs here.
func (c *client) used(ctx context.Context, namespace, name string) (string, error) {
	resource, kind, _ := strings.Cut(name, ".")
	if counted, ok := strings.CutPrefix(name, "count/"); ok {
		resource, kind, _ = strings.Cut(counted, ".")
		return c.number(ctx, namespace, schema.GroupResource{Resource: resource, Group: kind}, nil)
	}
	switch resource {
	case "services":
		return c.number(ctx, namespace, schema.GroupResource{Resource: resource}, func(service *unstructured.Unstructured) bool {
			is, _, _ := unstructured.NestedString(service.Object, "spec", "type")
			return kind == "" || (kind == "loadbalancers" && is == "LoadBalancer") ||
				(kind == "nodeports" && (is == "NodePort" || is == "LoadBalancer"))
		})
	case "configmaps", "secrets", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas":
		return c.number(ctx, namespace, schema.GroupResource{Resource: resource}, nil)
	}
	return "0", nil
}

// number counts the objects of a collection that fit.
func (c *client) number(ctx context.Context, namespace string, of schema.GroupResource, fits func(*unstructured.Unstructured) bool) (string, error) {
	collection, err := c.mapper.ResourceFor(of.WithVersion(""))
	if err != nil {
		return "", err
	}
	all, err := c.dynamic.Resource(collection).Namespace(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	n := 0
	for i := range all.Items {
		if fits == nil || fits(&all.Items[i]) {
			n++
		}
	}
	return fmt.Sprint(n), nil
}
