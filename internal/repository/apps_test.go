package repository_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// appsModule is the apps' own module.
const appsModule = module + "/apps"

// foreign reports whether a path belongs to this repository but not to the
// apps.
func foreign(path string) bool { return within(path, module) && !within(path, appsModule) }

func TestTheAppsImportNothingOfTheInfrastructure(t *testing.T) {
	t.Parallel()
	touchSources(t)
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Deps,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = filepath.Join(root, "apps")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in apps: %v", err)
	}
	var judged, imports int
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		judged++
		if !within(p.ImportPath, appsModule) {
			t.Errorf("%s is not of the module %s", p.ImportPath, appsModule)
		}
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		for _, all := range [][]string{p.Deps, p.Imports, p.TestImports, p.XTestImports} {
			for _, path := range all {
				imports++
				if foreign(path) {
					t.Errorf("%s reaches %s: an app is deployed by the program and knows nothing of it", p.ImportPath, path)
				}
			}
		}
	}
	if judged < 5 || imports < 100 {
		t.Errorf("looked at %d packages and %d imports: nothing was scanned", judged, imports)
	}
}

func TestTheAppsRequireNothingOfTheInfrastructure(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "apps", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var named int
	for word := range strings.FieldsSeq(string(text)) {
		if within(word, appsModule) {
			named++
		}
		if foreign(word) || strings.HasPrefix(word, "../") {
			t.Errorf("apps/go.mod names %s: an app is deployed by the program and knows nothing of it", word)
		}
	}
	if named != 1 {
		t.Errorf("apps/go.mod names its own module %d times", named)
	}
}
