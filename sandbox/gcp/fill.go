package gcp

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

// excluded is no default: something that the program set stands against it.
var excluded = &struct{ string }{}

// presets are a rule's own defaults, with those marked that conflict with what
// the program set: an upstream of one's own excludes the public one.
func (r *rule) presets(inputs resource.PropertyMap) map[string]any {
	own := maps.Clone(r.defaults)
	if own == nil {
		own = map[string]any{}
	}
	for _, paths := range r.conflicts {
		for i, path := range paths {
			if !has(inputs, path) || empty(at(inputs, path)) && !unknown(inputs, path) {
				continue
			}
			for j, other := range paths {
				if i != j && !has(inputs, other) {
					own[other] = excluded
				}
			}
		}
	}
	return own
}

// fill sets defaults, in nested objects too. Only those at the top are
// reported: they are what autonaming looks at.
func fill(fields map[string]*catalog.Property, own map[string]any, prefix string, m resource.PropertyMap, filled func(resource.PropertyKey)) {
	for name, property := range fields {
		key := resource.PropertyKey(name)
		value, set := m[key]
		if !set || value.IsNull() {
			preset := property.Default
			if added, ok := own[prefix+name]; ok {
				preset = added
			}
			if preset != nil && preset != excluded {
				m[key] = resource.NewPropertyValue(preset)
				if filled != nil {
					filled(key)
				}
			}
			continue
		}
		m[key] = fillValue(property, own, prefix+name+".", value)
	}
}

func fillValue(property *catalog.Property, own map[string]any, prefix string, value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return resource.MakeSecret(fillValue(property, own, prefix, value.SecretValue().Element))
	case property.Kind == catalog.Object && value.IsObject():
		filled := maps.Clone(value.ObjectValue())
		delete(filled, defaultsKey)
		fill(property.Fields, own, prefix, filled, nil)
		return resource.NewProperty(filled)
	case property.Kind == catalog.List && value.IsArray():
		filled := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			filled[i] = fillValue(property.Elem, own, prefix, element)
		}
		return resource.NewProperty(filled)
	default:
		return value
	}
}
