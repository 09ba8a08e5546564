package gcp

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

// shapeProblems compares inputs with the catalogue: names, kinds, required
// properties, possible values. What is unknown fits everything.
func shapeProblems(fields map[string]*catalog.Property, m resource.PropertyMap) []problem {
	return objectProblems(fields, m, "")
}

func objectProblems(fields map[string]*catalog.Property, m resource.PropertyMap, prefix string) []problem {
	var problems []problem
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key == defaultsKey {
			continue
		}
		property, ok := fields[string(key)]
		if !ok {
			problems = append(problems, problem{prefix + string(key), unknownProperty(string(key), fields)})
			continue
		}
		problems = append(problems, valueProblems(property, plain(m[key]), prefix+string(key))...)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if value, set := m[resource.PropertyKey(name)]; fields[name].Required && (!set || plain(value).IsNull()) {
			problems = append(problems, problem{prefix + name, "missing required property: set " + prefix + name})
		}
	}
	return problems
}

func valueProblems(property *catalog.Property, v resource.PropertyValue, path string) []problem {
	if v.IsNull() || v.IsComputed() || property.Kind == catalog.Any {
		return nil
	}
	wrong := func() []problem {
		return []problem{{path, fmt.Sprintf("expected %s, got %s", article(property.Kind), v.TypeString())}}
	}
	switch property.Kind {
	case catalog.String:
		if !v.IsString() {
			return wrong()
		}
		if len(property.Values) > 0 && !slices.Contains(property.Values, v.StringValue()) {
			return []problem{{path, fmt.Sprintf("expected one of [%s], got %q", strings.Join(property.Values, " "), clip(v.StringValue()))}}
		}
	case catalog.Boolean:
		if !v.IsBool() {
			return wrong()
		}
	case catalog.Integer, catalog.Number:
		if !v.IsNumber() {
			return wrong()
		}
		if property.Kind == catalog.Integer && v.NumberValue() != math.Trunc(v.NumberValue()) {
			return []problem{{path, fmt.Sprintf("expected an integer, got %v", v.NumberValue())}}
		}
	case catalog.List:
		if !v.IsArray() {
			return wrong()
		}
		var problems []problem
		for i, element := range v.ArrayValue() {
			problems = append(problems, valueProblems(property.Elem, element, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return problems
	case catalog.Map, catalog.Object:
		if !v.IsObject() {
			return wrong()
		}
		if property.Kind == catalog.Object {
			return objectProblems(property.Fields, v.ObjectValue(), path+".")
		}
		var problems []problem
		for _, key := range slices.Sorted(maps.Keys(v.ObjectValue())) {
			problems = append(problems, valueProblems(property.Elem, v.ObjectValue()[key], path+"."+string(key))...)
		}
		return problems
	}
	return nil
}

func article(kind catalog.Kind) string {
	if kind == catalog.Integer || kind == catalog.Object {
		return "an " + string(kind)
	}
	return "a " + string(kind)
}

func unknownProperty(name string, fields map[string]*catalog.Property) string {
	nearest, least := "", len(name)/2+2
	for _, candidate := range slices.Sorted(maps.Keys(fields)) {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			nearest, least = candidate, d
		}
	}
	text := fmt.Sprintf("an argument named %q is not expected here", clip(name))
	if nearest != "" {
		return text + fmt.Sprintf(": did you mean %q?", nearest)
	}
	return text + ": remove it"
}

// distance is how many letters must change, come or go to make a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
