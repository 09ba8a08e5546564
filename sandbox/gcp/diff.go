package gcp

import (
	"context"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
	"github.com/avila-devops/saas/sandbox/provider"
)

// Diff compares inputs and says which changes replace the resource. A
// replacement whose name the program fixes is made after the old one is gone.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResult, error) {
	t, r, err := known(string(req.URN.Type()))
	if err != nil {
		return plugin.DiffResult{}, err
	}
	now := plainMap(req.NewInputs)
	old := sameAsStands(plainMap(req.OldInputs), req.OldOutputs, now)
	forced := replacement{t, r, old, now}
	result := provider.Diff(old, now, forced.by)
	if len(result.ReplaceKeys) > 0 {
		result.DeleteBeforeReplace = r.fixed(req.NewInputs)
	}
	for _, path := range r.replaces {
		name, _, nested := strings.Cut(path, ".")
		if key := resource.PropertyKey(name); !nested && !slices.Contains(result.ReplaceKeys, key) {
			result.StableKeys = append(result.StableKeys, key)
		}
	}
	slices.Sort(result.StableKeys)
	return result, nil
}

// fixed tells whether the program names the resource itself, as the bridge
// does: by its list of filled-in properties.
func (r *rule) fixed(inputs resource.PropertyMap) bool {
	if r.name == nil || !r.name.auto {
		return false
	}
	if _, tracked := inputs[defaultsKey]; !tracked {
		return false
	}
	key := resource.PropertyKey(r.name.property)
	_, named := inputs[key]
	return named && !wasDefault(inputs, key)
}

// replacement decides which changed paths replace a resource.
type replacement struct {
	t        *catalog.Type
	r        *rule
	old, now resource.PropertyMap
}

// by follows Terraform, whose schema marks each property by itself: a marked
// block replaces when it comes or goes, a marked property inside it when it
// changes. A map or a list of plain values is one property.
func (f replacement) by(path resource.PropertyPath) bool {
	var names []string
	for _, part := range path {
		if name, ok := part.(string); ok {
			names = append(names, name)
		}
	}
	changed := strings.Join(names, ".")
	if when, ok := f.r.replacesWhen[changed]; ok {
		return when(valueAt(f.old, path), valueAt(f.now, path))
	}
	for _, marked := range f.r.replaces {
		switch {
		case marked == changed:
			return true
		case strings.HasPrefix(changed, marked+"."):
			if property, ok := f.t.At(strings.Split(marked, ".")...); ok && property.Kind == catalog.Map {
				return true
			}
		case strings.HasPrefix(marked, changed+"."):
			// A whole block came or went, and with it what it held.
			before, after := each(resource.NewProperty(f.old), marked), each(resource.NewProperty(f.now), marked)
			if len(before) != len(after) && (!allZero(before) || !allZero(after)) {
				return true
			}
		}
	}
	return false
}

// allZero tells whether values are those that Terraform takes for absent.
func allZero(values []resource.PropertyValue) bool {
	for _, v := range values {
		zero := empty(v) || v.IsString() && v.StringValue() == "" || v.IsNumber() && v.NumberValue() == 0
		if !zero {
			return false
		}
	}
	return true
}

// valueAt is the value at a path of the engine, null when there is none.
func valueAt(m resource.PropertyMap, path resource.PropertyPath) resource.PropertyValue {
	v, _ := path.Get(resource.NewProperty(m))
	return v
}
