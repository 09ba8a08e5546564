package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
)

// Schema is a JSON Schema.
type Schema map[string]any

func text(about string) Schema   { return Schema{"type": "string", "description": about} }
func number(about string) Schema { return Schema{"type": "integer", "description": about} }
func moment(about string) Schema {
	return Schema{"type": "string", "format": "date-time", "description": about}
}
func list(of Schema) Schema { return Schema{"type": "array", "items": of} }
func ref(name string) Schema {
	return Schema{"$ref": "#/components/schemas/" + name}
}

// property is one of an object's.
type property struct {
	name     string
	schema   Schema
	optional bool
}

func object(properties ...property) Schema {
	all, required := map[string]any{}, []string{}
	for _, p := range properties {
		all[p.name] = p.schema
		if !p.optional {
			required = append(required, p.name)
		}
	}
	return Schema{"type": "object", "properties": all, "required": required, "additionalProperties": false}
}

// written is what is sent of an entity.
func written(e *entity.Entity, creating bool) Schema {
	var all []property
	if !creating {
		all = append(all, property{"version", number("a versão que foi lida"), false})
	}
	for i := range e.Fields {
		f := &e.Fields[i]
		if !f.ReadOnly && (creating || !f.Once) {
			all = append(all, property{f.Name, f.Schema(), !creating || !f.Required || f.Default != ""})
		}
	}
	return object(all...)
}

// read is what is answered of an entity.
func read(e *entity.Entity) Schema {
	all := []property{
		{"id", text("a chave"), false}, {"version", number("aumenta a cada alteração"), false},
		{"created_at", moment(""), false}, {"updated_at", moment(""), false},
	}
	for i := range e.Fields {
		f := &e.Fields[i]
		all = append(all, property{f.Name, f.Schema(), false})
		if f.Link != nil {
			all = append(all, property{f.Name + "_title", text("como se chama o registro ligado"), false})
		}
	}
	return object(all...)
}

// Described is a property, for people.
type Described struct{ Name, Type, About string }

// PropertiesOf lists an object's properties by name.
func PropertiesOf(s Schema) (all []Described) {
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]string)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		each, _ := properties[name].(Schema)
		if each == nil {
			plain, _ := properties[name].(map[string]any)
			each = plain
		}
		about, _ := each["description"].(string)
		if title, _ := each["title"].(string); title != "" {
			about = strings.TrimSpace(title + ". " + about)
		}
		kind := TypeOf(each)
		if !slices.Contains(required, name) {
			kind += ", opcional"
		}
		all = append(all, Described{name, kind, about})
	}
	return all
}

// TypeOf names a schema's type, for people.
func TypeOf(s Schema) string {
	kind, _ := s["type"].(string)
	if both, ok := s["type"].([]string); ok {
		kind = both[0]
	}
	if format, _ := s["format"].(string); format != "" {
		kind += " (" + format + ")"
	}
	if allowed, _ := s["enum"].([]string); len(allowed) > 0 {
		kind = strings.Join(allowed, " | ")
	}
	return kind
}
