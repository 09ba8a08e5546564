package kubernetes

import "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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
	pod = &unstructured.Unstructured{Object: map[string]any{"metadata": copied(clone(fields["metadata"])), "spec": clone(fields["spec"])}}
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

// replicas is how many pods the object keeps. A DaemonSet has one for each
// node, and the sandbox has none: one stands for them.
func replicas(object *unstructured.Unstructured) int {
	field := "replicas"
	switch object.GetKind() {
	case "Job":
		field = "parallelism"
	case "DaemonSet":
		return 1
	case "CronJob":
		return 1
	}
	spec := asMap(object.Object["spec"])
	switch n := spec[field].(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return 1
}
