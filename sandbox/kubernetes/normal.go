package kubernetes

import (
	"encoding/base64"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// serverOwned are the fields of metadata that only the server writes.
var serverOwned = []string{
	"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "uid",
}

// normalize writes the object's fields as the server would: "1000m" of a CPU is
// "1", and a Secret has no stringData. Otherwise what reads back would look
// changed. What is not known, or not of a built-in kind, stays as it is.
func normalize(object *unstructured.Unstructured) *unstructured.Unstructured {
	if !unknown(object.Object) {
		object = canonical(object)
	}
	for _, field := range serverOwned {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	return object
}

func canonical(object *unstructured.Unstructured) *unstructured.Unstructured {
	gvk := object.GroupVersionKind()
	switch {
	case isSecret(object):
		canonicalSecret(object.Object)
		return object
	case gvk.Group == "apiextensions.k8s.io":
		if keep, ok, _ := unstructured.NestedBool(object.Object, "spec", "preserveUnknownFields"); ok && !keep {
			unstructured.RemoveNestedField(object.Object, "spec", "preserveUnknownFields")
		}
		unstructured.RemoveNestedField(object.Object, "status")
		return object
	}
	typed, err := scheme.Scheme.New(gvk)
	if err != nil {
		return object
	}
	// What does not fit the type is for the server to refuse, by name.
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed); err != nil {
		return object
	}
	written, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	if err != nil {
		return object
	}
	return &unstructured.Unstructured{Object: overlay(object.Object, written).(map[string]any)}
}

// overlay takes the values of the written form wherever it has the same shape,
// and keeps the rest: a field that the type does not have must not vanish
// before the server has refused it.
func overlay(object, written any) any {
	switch object := object.(type) {
	case map[string]any:
		written, ok := written.(map[string]any)
		if !ok {
			return object
		}
		result := make(map[string]any, len(object))
		for key, value := range object {
			if w, ok := written[key]; ok {
				value = overlay(value, w)
			}
			result[key] = value
		}
		return result
	case []any:
		written, ok := written.([]any)
		if !ok || len(written) != len(object) {
			return object
		}
		result := make([]any, len(object))
		for i := range object {
			result[i] = overlay(object[i], written[i])
		}
		return result
	case nil:
		return nil
	}
	return written
}

func isSecret(object *unstructured.Unstructured) bool {
	return object.GetAPIVersion() == "v1" && object.GetKind() == "Secret"
}

// canonicalSecret does to a Secret what the server does when it stores one.
func canonicalSecret(object map[string]any) {
	data, _ := object["data"].(map[string]any)
	for key, value := range data {
		if text, ok := value.(string); ok {
			if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
				data[key] = base64.StdEncoding.EncodeToString(decoded)
			}
		}
	}
	given, _ := object["stringData"].(map[string]any)
	if len(given) == 0 {
		return
	}
	if data == nil {
		data = map[string]any{}
	}
	for key, value := range given {
		text, ok := value.(string)
		if !ok {
			return // for the server to refuse
		}
		data[key] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	object["data"] = data
	delete(object, "stringData")
}

// prune cuts the live object down to the fields that the inputs have: only they
// can differ from the inputs by more than what the cluster adds.
func prune(live, inputs any) any {
	switch live := live.(type) {
	case map[string]any:
		inputs, ok := inputs.(map[string]any)
		if !ok {
			return live
		}
		result := map[string]any{}
		for key, value := range live {
			if input, ok := inputs[key]; ok {
				result[key] = prune(value, input)
			}
		}
		return result
	case []any:
		inputs, ok := inputs.([]any)
		if !ok {
			return live
		}
		result := make([]any, 0, len(live))
		for i, value := range live {
			if i >= len(inputs) {
				break
			}
			result = append(result, prune(value, inputs[i]))
		}
		return result
	}
	return live
}

func pruned(live, inputs *unstructured.Unstructured) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: prune(live.Object, inputs.Object).(map[string]any)}
}
