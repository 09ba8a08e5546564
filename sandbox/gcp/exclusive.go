package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

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
