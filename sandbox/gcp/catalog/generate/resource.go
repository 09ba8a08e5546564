package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

// registered is the token that a constructor passes to RegisterResource.
func registered(f *ast.FuncDecl) (tok string, ok bool) {
	for _, arguments := range calls(f, "RegisterResource") {
		return unquote(arguments[0]), true
	}
	return "", false
}

// resource describes the type of a token.
func (m *module) resource(tok string) (*catalog.Type, error) {
	constructor, ok := m.constructors[tok]
	if !ok {
		return nil, fmt.Errorf("the SDK has no such resource: remove it from tokens")
	}
	name := strings.TrimPrefix(constructor.Name.Name, "New")
	inputs, ok := m.structs[strings.ToLower(name[:1])+name[1:]+"Args"]
	if !ok {
		inputs, ok = m.structs[privateName(name)+"Args"]
	}
	outputs, known := m.structs[name]
	if !ok || !known {
		return nil, fmt.Errorf("the SDK has no argument or result type for %s", name)
	}
	t := &catalog.Type{Token: tok, Inputs: map[string]*catalog.Property{}, Outputs: map[string]*catalog.Property{}}
	var err error
	if t.Inputs, err = m.fields(inputs); err != nil {
		return nil, err
	}
	all, err := m.fields(outputs)
	if err != nil {
		return nil, err
	}
	for name, property := range all {
		if _, input := t.Inputs[name]; !input {
			property.Required, property.Default, property.Values = false, nil, nil
			t.Outputs[name] = property
		}
	}
	for _, field := range required(constructor) {
		if property, ok := t.Inputs[strings.ToLower(field[:1])+field[1:]]; ok {
			property.Required = true
		}
	}
	t.Secrets = secrets(constructor)
	return t, nil
}

// privateName is how the SDK's generator lowers a name that starts with
// initials: IAMMember becomes iammember, as Go's files and types have it.
func privateName(name string) string {
	upper := 0
	for upper < len(name) && name[upper] >= 'A' && name[upper] <= 'Z' {
		upper++
	}
	return strings.ToLower(name[:upper]) + name[upper:]
}

// required lists the arguments whose absence a constructor refuses.
func required(f *ast.FuncDecl) []string {
	var names []string
	for _, arguments := range calls(f, "New") {
		if text, ok := strings.CutPrefix(unquote(arguments[0]), "invalid value for required argument '"); ok {
			names = append(names, strings.TrimSuffix(text, "'"))
		}
	}
	return names
}

// secrets lists the outputs that a constructor marks secret.
func secrets(f *ast.FuncDecl) []string {
	var names []string
	for _, arguments := range calls(f, "AdditionalSecretOutputs") {
		if list, ok := arguments[0].(*ast.CompositeLit); ok {
			for _, element := range list.Elts {
				names = append(names, unquote(element))
			}
		}
	}
	slices.Sort(names)
	return names
}

// calls finds the calls of a method or package function and their arguments.
func calls(f *ast.FuncDecl, name string) (arguments [][]ast.Expr) {
	if f.Body == nil {
		return nil
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
			if selector, ok := call.Fun.(*ast.SelectorExpr); ok && selector.Sel.Name == name {
				arguments = append(arguments, call.Args)
			}
		}
		return true
	})
	return arguments
}

func unquote(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok {
		if text, err := strconv.Unquote(literal.Value); err == nil {
			return text
		}
	}
	return ""
}
