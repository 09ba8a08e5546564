package main

import (
	"fmt"
	"go/ast"
	"reflect"
	"strings"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

// fields describes the tagged fields of a struct.
func (m *module) fields(s *ast.StructType) (map[string]*catalog.Property, error) {
	properties := map[string]*catalog.Property{}
	for _, field := range s.Fields.List {
		if field.Tag == nil {
			continue
		}
		name := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("pulumi")
		if name == "" {
			continue
		}
		property, err := m.property(field.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		// Lists and maps may be absent although Go has no pointer to them; the
		// constructor says which ones may not.
		_, optional := field.Type.(*ast.StarExpr)
		property.Required = !optional && property.Kind != catalog.List && property.Kind != catalog.Map
		document(property, field.Doc.Text())
		properties[name] = property
	}
	return properties, nil
}

// property describes a plain Go type of the SDK, or the output type that wraps
// one.
func (m *module) property(e ast.Expr) (*catalog.Property, error) {
	switch t := e.(type) {
	case *ast.StarExpr:
		return m.property(t.X)
	case *ast.ArrayType:
		elem, err := m.property(t.Elt)
		return &catalog.Property{Kind: catalog.List, Elem: elem}, err
	case *ast.MapType:
		elem, err := m.property(t.Value)
		return &catalog.Property{Kind: catalog.Map, Elem: elem}, err
	case *ast.InterfaceType:
		return &catalog.Property{Kind: catalog.Any}, nil
	case *ast.SelectorExpr:
		return m.output(t.Sel.Name)
	case *ast.Ident:
		return m.named(t.Name)
	default:
		return nil, fmt.Errorf("the generator cannot read the type %T", e)
	}
}

var scalars = map[string]catalog.Kind{
	"string": catalog.String, "int": catalog.Integer, "float64": catalog.Number, "bool": catalog.Boolean, "interface{}": catalog.Any, "any": catalog.Any,
	"String": catalog.String, "Int": catalog.Integer, "Float64": catalog.Number, "Bool": catalog.Boolean, "Any": catalog.Any,
}

func (m *module) named(name string) (*catalog.Property, error) {
	if kind, ok := scalars[name]; ok {
		return &catalog.Property{Kind: kind}, nil
	}
	if strings.HasSuffix(name, "Output") {
		return m.output(name)
	}
	s, ok := m.structs[name]
	if !ok {
		return nil, fmt.Errorf("the SDK has no type %s", name)
	}
	fields, err := m.fields(s)
	return &catalog.Property{Kind: catalog.Object, Fields: fields}, err
}

// output reads the name of an output type: StringMapOutput,
// RouterBgpPtrOutput, ClusterNodePoolArrayOutput.
func (m *module) output(name string) (*catalog.Property, error) {
	base, ok := strings.CutSuffix(name, "Output")
	if !ok {
		return nil, fmt.Errorf("the SDK has no type %s", name)
	}
	if _, scalar := scalars[base]; scalar || m.structs[base] != nil {
		return m.named(base)
	}
	for suffix, kind := range map[string]catalog.Kind{"Array": catalog.List, "Map": catalog.Map} {
		if of, ok := strings.CutSuffix(base, suffix); ok {
			elem, err := m.output(of + "Output")
			return &catalog.Property{Kind: kind, Elem: elem}, err
		}
	}
	if of, ok := strings.CutSuffix(base, "Ptr"); ok {
		return m.output(of + "Output")
	}
	return nil, fmt.Errorf("the SDK has no type for %s", name)
}
