package spec

import (
	"encoding/json"
	"reflect"
)

// KeySchema is how Pulumi.yaml declares one configuration key.
type KeySchema struct {
	Type        string      `yaml:"type"`
	Items       *ItemSchema `yaml:"items,omitempty"`
	Description string      `yaml:"description"`
	Default     any         `yaml:"default,omitempty"`
}

// ItemSchema is the type of an array's items.
type ItemSchema struct {
	Type string `yaml:"type"`
}

// Schema is the config section of Pulumi.yaml, by full key.
func Schema() map[string]KeySchema {
	out := map[string]KeySchema{}
	for _, f := range fields(reflect.TypeFor[Environment]()) {
		schema := KeySchema{Type: schemaType(f.typ), Description: f.doc}
		if f.dflt != "" {
			if err := json.Unmarshal([]byte(f.dflt), &schema.Default); err != nil {
				panic("spec: default of " + f.key + ": " + err.Error())
			}
		}
		if f.typ.Kind() == reflect.Slice {
			schema.Items = &ItemSchema{Type: schemaType(f.typ.Elem())}
		}
		out[Namespace+":"+f.key] = schema
	}
	return out
}

func schemaType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaType(t.Elem())
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "integer"
	case reflect.Slice:
		return "array"
	case reflect.Map, reflect.Struct:
		return "object"
	default:
		return "string"
	}
}
