package gcp

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// defaultsKey names, in inputs, the properties that Check filled in, as
// Pulumi's Terraform bridge does. The engine does not show it.
const defaultsKey = resource.PropertyKey("__defaults")

// plain is a value without the marks of secrets and outputs, for rules to look
// at. What is unknown stays computed.
func plain(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element)
	case v.IsOutput():
		if !v.OutputValue().Known {
			return resource.MakeComputed(resource.NewProperty(""))
		}
		return plain(v.OutputValue().Element)
	case v.IsArray():
		out := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, element := range v.ArrayValue() {
			out[i] = plain(element)
		}
		return resource.NewProperty(out)
	case v.IsObject():
		return resource.NewProperty(plainMap(v.ObjectValue()))
	default:
		return v
	}
}

func plainMap(m resource.PropertyMap) resource.PropertyMap {
	out := make(resource.PropertyMap, len(m))
	for key, value := range m {
		if key != defaultsKey {
			out[key] = plain(value)
		}
	}
	return out
}

// at is the value at a path of names, null when there is none or it is not
// known yet. Lists have no names: see each.
func at(m resource.PropertyMap, path string) resource.PropertyValue {
	name, rest, deeper := strings.Cut(path, ".")
	v := plain(m[resource.PropertyKey(name)])
	switch {
	case v.IsComputed():
		return resource.NewNullProperty()
	case !deeper:
		return v
	case v.IsObject():
		return at(v.ObjectValue(), rest)
	default:
		return resource.NewNullProperty()
	}
}

// has tells whether a path is set, be it to something unknown.
func has(m resource.PropertyMap, path string) bool {
	name, rest, deeper := strings.Cut(path, ".")
	v := plain(m[resource.PropertyKey(name)])
	if !deeper || v.IsComputed() {
		return !v.IsNull()
	}
	return v.IsObject() && has(v.ObjectValue(), rest)
}

// each collects the values at a path, through lists: the text form of
// references such as replication.userManaged.replicas.location.
func each(v resource.PropertyValue, path string) []resource.PropertyValue {
	v = plain(v)
	if v.IsArray() {
		var all []resource.PropertyValue
		for _, element := range v.ArrayValue() {
			all = append(all, each(element, path)...)
		}
		return all
	}
	if path == "" {
		if v.IsNull() || v.IsComputed() {
			return nil
		}
		return []resource.PropertyValue{v}
	}
	name, rest, _ := strings.Cut(path, ".")
	if !v.IsObject() {
		return nil
	}
	return each(v.ObjectValue()[resource.PropertyKey(name)], rest)
}

// texts are the non-empty strings at a path.
func texts(m resource.PropertyMap, path string) []string {
	var all []string
	for _, v := range each(resource.NewProperty(m), path) {
		if v.IsString() && v.StringValue() != "" {
			all = append(all, v.StringValue())
		}
	}
	return all
}

func text(m resource.PropertyMap, path string) string {
	if v := at(m, path); v.IsString() {
		return v.StringValue()
	}
	return ""
}

func number(m resource.PropertyMap, path string) float64 {
	if v := at(m, path); v.IsNumber() {
		return v.NumberValue()
	}
	return 0
}

func flag(m resource.PropertyMap, path string) bool {
	v := at(m, path)
	return v.IsBool() && v.BoolValue()
}
