package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

const sdkModule = "github.com/pulumi/pulumi-gcp/sdk/v7"

// findSDK is the directory of the SDK's packages in the module cache.
func findSDK() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", sdkModule).Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w: run go mod download", sdkModule, err)
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		return "", fmt.Errorf("find %s: it is not in the module cache: run go mod download", sdkModule)
	}
	return filepath.Join(dir, "go", "gcp"), nil
}

// generate returns the text of every entry by its file name.
func generate(sdk string) (map[string][]byte, error) {
	modules := map[string]*module{}
	entries := map[string][]byte{}
	var errs []error
	for _, tok := range tokens {
		name, _, _ := strings.Cut(strings.TrimPrefix(tok, "gcp:"), "/")
		m, known := modules[name]
		if !known {
			var err error
			if m, err = readModule(filepath.Join(sdk, name)); err != nil {
				return nil, err
			}
			modules[name] = m
		}
		t, err := m.resource(tok)
		if err == nil {
			err = correct(t)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", tok, err))
			continue
		}
		text, err := json.MarshalIndent(t, "", " ")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tok, err)
		}
		entries[catalog.FileName(tok)] = append(text, '\n')
	}
	return entries, errors.Join(errs...)
}

// module is one package of the SDK, parsed as far as the wanted types need.
type module struct {
	structs map[string]*ast.StructType
	// constructors by the token that they register
	constructors map[string]*ast.FuncDecl
}

func readModule(dir string) (*module, error) {
	m := &module{structs: map[string]*ast.StructType{}, constructors: map[string]*ast.FuncDecl{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%s holds no Go source", dir)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the SDK: %w", err)
		}
		if !wanted(filepath.Base(name), text) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse the SDK: %w", err)
		}
		m.add(file)
	}
	return m, nil
}

// wanted tells the files of nested types, and of the resources in tokens, from
// the rest of a package.
func wanted(base string, text []byte) bool {
	if strings.HasPrefix(base, "pulumiTypes") {
		return true
	}
	for _, tok := range tokens {
		if bytes.Contains(text, []byte(`ctx.RegisterResource("`+tok+`"`)) {
			return true
		}
	}
	return false
}

func (m *module) add(file *ast.File) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if tok, ok := registered(d); ok {
				m.constructors[tok] = d
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					if s, ok := t.Type.(*ast.StructType); ok {
						m.structs[t.Name.Name] = s
					}
				}
			}
		}
	}
}
