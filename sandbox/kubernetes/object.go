package kubernetes

import (
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What the provider keeps in a resource's outputs besides the object, under the
// official names. The inputs are not repeated there: the engine sends them.
const (
	managerKey        = "__fieldManager"
	initialVersionKey = "__initialApiVersion"
)

// defaultManager owns the fields that the program sets.
const defaultManager = "pulumi-kubernetes"

// dashed are the fields of a custom resource definition that the SDKs, which
// have no dashes in names, write with underscores.
const (
	dashed     = "x-kubernetes-"
	underlined = "x_kubernetes_"
)

// toObject turns properties into an object. It strips secrecy, keeps what is
// not known as [resource.Computed], and leaves out the provider's own keys.
func toObject(properties resource.PropertyMap) *unstructured.Unstructured {
	spell := func(key string) (string, bool) {
		if rest, ok := strings.CutPrefix(key, underlined); ok {
			return dashed + strings.ReplaceAll(rest, "_", "-"), true
		}
		return key, false
	}
	var open func(resource.PropertyValue) (any, bool)
	open = func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return v.SecretValue().Element.MapRepl(spell, open), true
		case v.IsOutput():
			if out := v.OutputValue(); out.Known {
				return out.Element.MapRepl(spell, open), true
			}
			return resource.Computed{Element: resource.NewStringProperty("")}, true
		}
		return nil, false
	}
	object := properties.MapRepl(spell, open)
	maps.DeleteFunc(object, func(key string, _ any) bool { return strings.HasPrefix(key, "__") })
	return &unstructured.Unstructured{Object: object}
}

// toProperties is the reverse, for the outputs and inputs of the state. Values
// are as secret as like, the properties that the object came from.
func toProperties(object *unstructured.Unstructured, like resource.PropertyMap) resource.PropertyMap {
	properties := resource.NewPropertyMapFromMapRepl(object.Object, func(key string) (resource.PropertyKey, bool) {
		if rest, ok := strings.CutPrefix(key, dashed); ok {
			return resource.PropertyKey(underlined + strings.ReplaceAll(rest, "-", "_")), true
		}
		return "", false
	}, nil)
	markSecrets(properties, like)
	return properties
}

// markSecrets marks in out what is secret in like. A list with one secret is
// secret whole, because its order may differ. The data of a Secret always is.
func markSecrets(out, like resource.PropertyMap) {
	if kind := out["kind"]; kind.IsString() && kind.StringValue() == "Secret" {
		for _, key := range []resource.PropertyKey{"data", "stringData"} {
			if value, ok := out[key]; ok && !value.IsSecret() {
				out[key] = resource.MakeSecret(value)
			}
		}
	}
	for key, wanted := range like {
		value, ok := out[key]
		switch {
		case !ok || value.IsSecret():
		case value.IsObject() && wanted.IsObject():
			markSecrets(value.ObjectValue(), wanted.ObjectValue())
		case wanted.ContainsSecrets():
			out[key] = resource.MakeSecret(value)
		}
	}
}

// checkpoint is what the state remembers of a live object.
func checkpoint(live *unstructured.Unstructured, inputs resource.PropertyMap, manager, version string) resource.PropertyMap {
	properties := toProperties(live, inputs)
	properties[managerKey] = resource.NewStringProperty(manager)
	properties[initialVersionKey] = resource.NewStringProperty(version)
	return properties
}

// unknown says whether a part of the value is not known yet.
func unknown(value any) bool {
	switch value := value.(type) {
	case resource.Computed:
		return true
	case map[string]any:
		for _, v := range value {
			if unknown(v) {
				return true
			}
		}
	case []any:
		for _, v := range value {
			if unknown(v) {
				return true
			}
		}
	}
	return false
}

// id is how the official provider calls an object.
func id(object *unstructured.Unstructured) resource.ID {
	if namespace := object.GetNamespace(); namespace != "" {
		return resource.ID(namespace + "/" + object.GetName())
	}
	return resource.ID(object.GetName())
}

// parseID is the reverse.
func parseID(id resource.ID) (namespace, name string) {
	namespace, name, ok := strings.Cut(string(id), "/")
	if !ok {
		return "", namespace
	}
	return namespace, name
}
