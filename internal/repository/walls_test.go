package repository_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/avila-devops/saas"

// listed is what `go list` says of a package.
type listed struct {
	ImportPath   string
	Doc          string
	Deps         []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// root is the repository's root, from this package.
const root = "../.."

// packages lists the module's packages.
func packages(t *testing.T) []listed {
	t.Helper()
	touchSources(t)
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Deps,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages: nothing was scanned", len(all))
	}
	return all
}

// touchSources looks at every Go file, because what a command reads is unknown
// to go test's cache: without it, a broken wall would pass as cached.
func touchSources(t *testing.T) {
	t.Helper()
	var files int
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".go" {
			files++
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("looked at %d Go files: %v", files, err)
	}
}

// walls maps the packages that a wall guards to the import prefixes that they
// must not reach, even through others.
var walls = []struct {
	guarded, forbidden, reason string
}{
	{"stacks/spec", "github.com/pulumi/", "what needs no cloud to decide is decided and tested without Pulumi"},
	{"components/cluster/kubeconfig", "github.com/pulumi/", "it is rendered for tools that have nothing to do with Pulumi"},
	{"components/federation/condition", "github.com/pulumi/", "what is trusted is decided and tested without Pulumi"},
	{"components/federation/permission", "github.com/pulumi/", "what CI may do is decided and tested without Pulumi"},
	{"components/gateway/nginxconf", "github.com/pulumi/", "a laptop renders it too"},
	{"components/pgbouncer/ini", "github.com/pulumi/", "a laptop renders it too"},
	{"dev", "github.com/pulumi/", "the SaaS runs on a laptop without the program that deploys it"},
	{"dev", module + "/apps", "services are programs that it builds and starts"},
	{"components", module + "/dev", "the program does not know of the laptop"},
	{"sandbox/gcp/cel", "github.com/pulumi/", "a language knows nothing of those who write in it"},
	{"sandbox/home", "github.com/pulumi/", "every small binary of the sandbox shares it"},
	{"sandbox/cluster", "github.com/pulumi/", "a cluster is processes and files; the driver and the plugin start it alike"},
	{"sandbox/filelock", "github.com/pulumi/", "it knows of files alone"},
	{"sandbox/toolchain", "github.com/pulumi/", "it builds the engine, and must not need it"},
	{"components", module + "/stacks", "a component takes its decisions as arguments, so that another environment can use it"},
	{"components", module + "/sandbox", "the program does not know of the sandbox"},
	{"stacks", module + "/sandbox", "the program does not know of the sandbox"},
	{"stacks", module + "/cost", "the program is priced, and does not know"},
	{"cost", module + "/sandbox", "what a stack costs is said without running it"},
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func TestNoPackageReachesThroughAWall(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for _, wall := range walls {
		var judged int
		for _, p := range all {
			if !within(p.ImportPath, module+"/"+wall.guarded) {
				continue
			}
			judged++
			for _, dep := range p.Deps {
				if within(dep, strings.TrimSuffix(wall.forbidden, "/")) {
					t.Errorf("%s reaches %s: %s", p.ImportPath, dep, wall.reason)
				}
			}
		}
		if judged == 0 {
			t.Errorf("the wall around %s guards no package", wall.guarded)
		}
	}
}

func TestEveryPackageSaysWhatItHolds(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}
