package gcp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

// Check judges inputs and completes them with defaults and names, as the
// official provider does: the engine then plans with what it returns. All
// problems are reported at once.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	t, r, err := known(string(req.URN.Type()))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := maps.Clone(req.News)
	if inputs == nil {
		inputs = resource.PropertyMap{}
	}
	delete(inputs, defaultsKey)
	var problems []problem
	filled := map[resource.PropertyKey]bool{}

	if r.name != nil {
		name, made, err := r.name.assign(req)
		if err != nil {
			problems = append(problems, problem{r.name.property, err.Error()})
		}
		if !name.IsNull() {
			inputs[resource.PropertyKey(r.name.property)] = name
			filled[resource.PropertyKey(r.name.property)] = made
		}
	}
	for property, value := range p.settings(r) {
		key := resource.PropertyKey(property)
		if t.Inputs[property] == nil || t.Inputs[property].Required || has(inputs, property) {
			continue
		}
		if value == "" {
			problems = append(problems, problem{property, fmt.Sprintf("required field is not set: set %s, or configure gcp:%s", property, setting(property))})
			continue
		}
		inputs[key], filled[key] = resource.NewProperty(value), true
	}
	fill(t.Inputs, r.presets(inputs), "", inputs, func(key resource.PropertyKey) { filled[key] = true })

	shape := shapeProblems(t.Inputs, inputs)
	problems = append(problems, shape...)
	if len(shape) == 0 {
		problems = append(problems, exclusive(r, inputs)...)
		if r.check != nil {
			problems = append(problems, r.check(plainMap(inputs))...)
		}
	}
	inputs[defaultsKey] = defaultsList(filled)
	return plugin.CheckResponse{Properties: inputs, Failures: failures(problems)}, nil
}

// known finds what the sandbox knows of a type.
func known(token string) (*catalog.Type, *rule, error) {
	t, inCatalog := catalog.Lookup(token)
	r, hasRule := rules[token]
	if !inCatalog || !hasRule {
		return nil, nil, fmt.Errorf("the sandbox knows no resource type %s: add it to sandbox/gcp/catalog/generate/tokens.go, run go generate, and write its rule in sandbox/gcp", token)
	}
	return t, r, nil
}

// settings are the inputs that fall back to the provider's configuration.
func (p *Provider) settings(r *rule) map[string]string {
	config := p.config()
	settings := map[string]string{"project": config.project}
	if r.place != "" {
		settings[r.place] = config.region
	}
	return settings
}

func setting(property string) string {
	if property == "project" {
		return property
	}
	return "region"
}

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

// exclusive judges which inputs may stand together. A false flag and an empty
// list stand for nothing.
func exclusive(r *rule, inputs resource.PropertyMap) []problem {
	var problems []problem
	set := func(paths []string) []string {
		return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
			parent, _, nested := cutLast(path)
			hidden := nested && unknown(inputs, parent) // whether it is set will be seen later
			return hidden || !has(inputs, path) || empty(at(inputs, path)) && !unknown(inputs, path)
		})
	}
	for _, paths := range r.conflicts {
		if found := set(paths); len(found) > 1 {
			problems = append(problems, problem{found[0], fmt.Sprintf("conflicts with %s: set one of them", strings.Join(found[1:], ", "))})
		}
	}
	for _, paths := range r.oneOf {
		if parent, _, nested := cutLast(paths[0]); nested && at(inputs, parent).IsNull() {
			continue
		}
		if found := set(paths); len(found) != 1 {
			problems = append(problems, problem{paths[0], fmt.Sprintf("exactly one of %s must be set, %d are", strings.Join(paths, ", "), len(found))})
		}
	}
	return problems
}

func empty(v resource.PropertyValue) bool {
	return v.IsNull() || v.IsBool() && !v.BoolValue() || v.IsArray() && len(v.ArrayValue()) == 0
}

func unknown(m resource.PropertyMap, path string) bool { return has(m, path) && at(m, path).IsNull() }

func cutLast(path string) (parent, last string, ok bool) {
	i := strings.LastIndex(path, ".")
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

func defaultsList(filled map[resource.PropertyKey]bool) resource.PropertyValue {
	list := []resource.PropertyValue{}
	for _, key := range slices.Sorted(maps.Keys(filled)) {
		if filled[key] {
			list = append(list, resource.NewProperty(string(key)))
		}
	}
	return resource.NewProperty(list)
}

func failures(problems []problem) []plugin.CheckFailure {
	slices.SortStableFunc(problems, func(a, b problem) int { return strings.Compare(a.path, b.path) })
	var out []plugin.CheckFailure
	for _, problem := range problems {
		out = append(out, plugin.CheckFailure{Property: resource.PropertyKey(problem.path), Reason: problem.reason})
	}
	return out
}
