package kubernetes

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	pods     = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	accounts = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
)

// templates are where the kinds that make pods keep the pod that they make.
var templates = map[string][]string{
	"Deployment.apps":     {"spec", "template"},
	"StatefulSet.apps":    {"spec", "template"},
	"DaemonSet.apps":      {"spec", "template"},
	"ReplicaSet.apps":     {"spec", "template"},
	"Job.batch":           {"spec", "template"},
	"CronJob.batch":       {"spec", "jobTemplate", "spec", "template"},
	"Rollout.argoproj.io": {"spec", "template"},
}

// admit lets the cluster judge the pod that the object would make, before the
// object is there: no controller makes it, so nobody would see it refused. A
// preview leaves out what the same update may still be making: images and
// service accounts.
func (s *standIn) admit(ctx context.Context, at place, object *unstructured.Unstructured, preview bool) error {
	spec, pod := podOf(object)
	if spec == nil {
		return nil
	}
	if !preview {
		if err := s.pull(spec); err != nil {
			return err
		}
	}
	if pod == nil {
		return nil // a Pod is judged when it is applied
	}
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: defaultManager, FieldValidation: metav1.FieldValidationStrict}
	_, err := at.client.dynamic.Resource(pods).Namespace(object.GetNamespace()).Create(ctx, pod, options)
	if preview && waitsForClass(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("its pods would be refused: %w", err)
	}
	if err := at.client.fits(ctx, object, preview); err != nil {
		return fmt.Errorf("its pods would be refused: %w", err)
	}
	if name, _, _ := unstructured.NestedString(spec, "serviceAccountName"); !preview && name != "" && name != "default" {
		// The admission that looks for it waits for a controller, so it is off.
		_, err := at.client.dynamic.Resource(accounts).Namespace(object.GetNamespace()).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return fmt.Errorf("its pods would be refused: error looking up service account %s/%s: %w", object.GetNamespace(), name, err)
		}
		return err
	}
	return nil
}

// waitsForClass says whether the pod needs a class that the same update may
// still be making.
func waitsForClass(err error) bool {
	return apierrors.IsForbidden(err) && (strings.Contains(err.Error(), "PriorityClass") || strings.Contains(err.Error(), "RuntimeClass"))
}

// podOf returns the pod spec that the object holds, and the pod that its
// controller would make of it. A Pod has only the first.
func podOf(object *unstructured.Unstructured) (spec map[string]any, pod *unstructured.Unstructured) {
	gk := object.GroupVersionKind().GroupKind().String()
	if gk == "Pod" {
		spec, _ := object.Object["spec"].(map[string]any)
		return spec, nil
	}
	path, ok := templates[gk]
	if !ok {
		return nil, nil
	}
	template, ok, err := unstructured.NestedFieldNoCopy(object.Object, path...)
	fields, isMap := template.(map[string]any)
	if err != nil || !ok || !isMap {
		return nil, nil // a Rollout may refer to a Deployment instead
	}
	spec, _ = fields["spec"].(map[string]any)
	made := (&unstructured.Unstructured{Object: map[string]any{"metadata": fields["metadata"], "spec": spec}}).Object
	pod = (&unstructured.Unstructured{Object: clone(made).(map[string]any)})
	pod.SetAPIVersion("v1")
	pod.SetKind("Pod")
	pod.SetGenerateName(object.GetName() + "-")
	pod.SetNamespace(object.GetNamespace())
	if gk == "StatefulSet.apps" {
		claim(object, pod)
	}
	return spec, pod
}

// claim gives the pod the volumes that its StatefulSet claims for it.
func claim(object, pod *unstructured.Unstructured) {
	claims, _, _ := unstructured.NestedFieldNoCopy(object.Object, "spec", "volumeClaimTemplates")
	list, _ := claims.([]any)
	spec, ok := pod.Object["spec"].(map[string]any)
	if !ok {
		return
	}
	volumes, _ := spec["volumes"].([]any)
	for _, each := range list {
		name, _, _ := unstructured.NestedString(asMap(each), "metadata", "name")
		volumes = append(volumes, map[string]any{
			"name": name, "persistentVolumeClaim": map[string]any{"claimName": name + "-" + object.GetName() + "-0"},
		})
	}
	spec["volumes"] = volumes
}

func asMap(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}

// clone copies a tree of plain values.
func clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, v := range value {
			copied[key] = clone(v)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, v := range value {
			copied[i] = clone(v)
		}
		return copied
	}
	return value
}
