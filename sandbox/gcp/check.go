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
