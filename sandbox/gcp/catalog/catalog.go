// Package catalog holds what the pinned pulumi-gcp SDK says of the resource
// types that the program uses: the shape of inputs and outputs, defaults,
// possible values, secrets. It is generated from the SDK's own Go source and
// knows nothing of how Google behaves; the rules of the services are in
// package gcp.
package catalog

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./generate

//go:embed types/*.json
var files embed.FS

// Kind is the JSON kind of a property.
type Kind string

// The kinds. Any accepts every value.
const (
	String  Kind = "string"
	Integer Kind = "integer"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	List    Kind = "list"
	Map     Kind = "map"
	Object  Kind = "object"
	Any     Kind = "any"
)

// Type is a resource type.
type Type struct {
	Token string `json:"token"`
	// Inputs by name. An input is an output too.
	Inputs map[string]*Property `json:"inputs"`
	// Outputs are the properties that only the cloud sets.
	Outputs map[string]*Property `json:"outputs,omitempty"`
	// Secrets names the properties that the state holds encrypted.
	Secrets []string `json:"secrets,omitempty"`
}

// Property is one property of a type, or of an object inside one.
type Property struct {
	Kind     Kind                 `json:"kind"`
	Required bool                 `json:"required,omitempty"`
	Default  any                  `json:"default,omitempty"` // string, float64 or bool; nil when there is none
	Values   []string             `json:"values,omitempty"`  // all that are possible; empty means any
	Elem     *Property            `json:"elem,omitempty"`    // of a List or Map
	Fields   map[string]*Property `json:"fields,omitempty"`  // of an Object
}

// Lookup returns the type of a token.
func Lookup(token string) (*Type, bool) {
	t, ok := load()[token]
	return t, ok
}

// Tokens lists the types that the catalogue knows.
func Tokens() []string { return slices.Sorted(maps.Keys(load())) }

// At follows a path of names, through lists and maps, and reports what is
// there. A name below a map stands for any of its keys.
func (t *Type) At(path ...string) (*Property, bool) {
	if len(path) == 0 {
		return nil, false
	}
	at, ok := t.Inputs[path[0]]
	if !ok {
		at, ok = t.Outputs[path[0]]
	}
	for _, name := range path[1:] {
		if !ok {
			return nil, false
		}
		for at.Kind == List {
			at = at.Elem
		}
		if at.Kind == Map {
			at = at.Elem
			continue
		}
		at, ok = at.Fields[name]
	}
	return at, ok
}

// FileName is where a type's entry lies, relative to this package.
func FileName(token string) string {
	module, name, _ := strings.Cut(strings.TrimPrefix(token, "gcp:"), "/")
	_, name, _ = strings.Cut(name, ":")
	return "types/" + module + "." + name + ".json"
}

var load = sync.OnceValue(func() map[string]*Type {
	entries, err := files.ReadDir("types")
	if err != nil {
		panic(fmt.Sprintf("catalog: %v", err)) // embedded at build time
	}
	types := make(map[string]*Type, len(entries))
	for _, entry := range entries {
		text, err := files.ReadFile("types/" + entry.Name())
		if err != nil {
			panic(fmt.Sprintf("catalog: %v", err))
		}
		t := &Type{}
		if err := json.Unmarshal(text, t); err != nil {
			panic(fmt.Sprintf("catalog: %s: %v", entry.Name(), err))
		}
		types[t.Token] = t
	}
	return types
})
