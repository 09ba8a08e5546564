package repository_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tag finds the requirements that a test's comment names.
var tag = regexp.MustCompile(`\bv5\.0\.0-(\d+\.\d+\.\d+)\b`)

// tags maps each requirement to links to the tests that carry its tag,
// // ASVS: v5.0.0-x.y.z, in their comment.
func tags(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != root || entry.Name() == "repository") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte("ASVS: ")) {
			collect(t, found, path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sorted(found)
}

// collect adds the tags of one file.
func collect(t *testing.T, found map[string][]string, path string, text []byte) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var placed int
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Doc == nil || !strings.HasPrefix(f.Name.Name, "Test") && !strings.HasPrefix(f.Name.Name, "Fuzz") {
			continue
		}
		seen := map[string]bool{}
		for _, match := range tag.FindAllStringSubmatch(f.Doc.Text(), -1) {
			placed++
			if !seen[match[1]] {
				found[match[1]] = append(found[match[1]], link(path, f.Name.Name))
			}
			seen[match[1]] = true
		}
	}
	if all := len(tag.FindAll(text, -1)); all != placed {
		t.Errorf("%s: %d of its %d tags stand at no test", path, all-placed, all)
	}
}
