// Package controltest proves controls: for each type one resource that
// complies with all controls of an area, and rows that change one thing of it
// and name the control that must notice. It is imported by tests alone.
package controltest

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// Unknown stands for a value that a preview does not know yet.
const Unknown = "<unknown>"

// Row is one change of a resource that complies.
type Row struct {
	Type   string
	Path   string // dotted; the whole resource when empty
	Value  any    // nil takes it away
	Breaks string // the control that notices; empty for silence
	Says   string // part of its message
}

// Change is a row.
func Change(typ, path string, value any, breaks, says string) Row {
	return Row{Type: typ, Path: path, Value: value, Breaks: breaks, Says: says}
}

// Prove runs the rows, and fails when a control of the area has no row that
// breaks it or a resource that complies does not.
func Prove(t *testing.T, controls []control.Control, comply map[string]string, rows map[string]Row) {
	t.Helper()
	for typ, text := range comply {
		for _, c := range controls {
			if found := judge(c, typ, Parse(t, text)); len(found) > 0 {
				t.Errorf("%s complies, and %s says %v", typ, c.ID, found)
			}
		}
	}
	broken := map[string]bool{}
	for name, row := range rows {
		broken[row.Breaks] = true
		t.Run(name, func(t *testing.T) {
			text, given := comply[row.Type]
			if !given {
				text = "{}" // of a type that nothing complies with
			}
			resource := Parse(t, text)
			if row.Path != "" {
				resource = change(resource, strings.Split(row.Path, "."), row.Value)
			}
			var said []string
			for _, c := range controls {
				for _, message := range judge(c, row.Type, resource) {
					if c.ID != row.Breaks || !strings.Contains(message, row.Says) {
						t.Errorf("%s says %q; want %s to say %q alone", c.ID, message, row.Breaks, row.Says)
					}
					said = append(said, message)
				}
			}
			if row.Breaks != "" && len(said) == 0 {
				t.Errorf("%s says nothing", row.Breaks)
			}
		})
	}
	for _, c := range controls {
		if c.Judge != nil && !broken[c.ID] {
			t.Errorf("no row breaks %s: it is not proven", c.ID)
		}
	}
}

func judge(c control.Control, typ string, m property.Map) []string {
	if !c.Covers(typ) || c.Judge == nil {
		return nil
	}
	var messages []string
	for _, finding := range c.Judge(m) {
		messages = append(messages, c.Message(finding))
	}
	return messages
}

// Parse reads properties from JSON.
func Parse(t testing.TB, text string) property.Map {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return of(value).AsMap()
}

func of(value any) property.Value {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]property.Value{}
		for key, child := range v {
			out[key] = of(child)
		}
		return property.New(out)
	case []any:
		var out []property.Value
		for _, child := range v {
			out = append(out, of(child))
		}
		return property.New(out)
	case string:
		if v == Unknown {
			return property.New(property.Computed)
		}
		return property.New(v)
	case float64:
		return property.New(v)
	case int:
		return property.New(float64(v))
	case bool:
		return property.New(v)
	}
	return property.Value{}
}

func change(m property.Map, path []string, value any) property.Map {
	out := maps.Clone(m.AsMap())
	if len(path) > 1 {
		inner := property.Map{}
		if had := out[path[0]]; had.IsMap() {
			inner = had.AsMap()
		}
		out[path[0]] = property.New(change(inner, path[1:], value))
		return property.NewMap(out)
	}
	if value == nil {
		delete(out, path[0])
	} else {
		out[path[0]] = of(value)
	}
	return property.NewMap(out)
}
