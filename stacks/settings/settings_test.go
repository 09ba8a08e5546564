package settings_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/settings"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

var update = flag.Bool("update", false, "write docs/settings.md anew")

// stack is a stack's resources and regions.
func stack(t *testing.T, name string) (resources []graph.Resource, regions []string) {
	t.Helper()
	source := spectest.StackFile(t, name)
	resources, err := graph.Of(source)
	if err != nil {
		t.Fatal(err)
	}
	env, err := spec.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range env.Regions {
		regions = append(regions, string(region.Name))
	}
	return resources, regions
}

func TestEverySettingHolds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"staging", "prod"} {
		resources, regions := stack(t, name)
		var judged int
		for _, part := range settings.Parts {
			for _, row := range part.Rows {
				if !row.Covers(name) {
					continue
				}
				judged++
				if err := row.Judge(resources, regions); err != nil {
					t.Errorf("%s: %s: %q does not hold: %v", name, part.Name, row.Setting, err)
				}
			}
		}
		if judged < 100 {
			t.Errorf("%s: %d settings were judged", name, judged)
		}
	}
}

func TestTheDocumentIsWhatTheRowsSay(t *testing.T) {
	t.Parallel()
	resources, _ := stack(t, "prod")
	want, err := settings.Document(spectest.Root(), resources)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(spectest.Root(), "docs", "settings.md")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/settings.md is not what stacks/settings says (%v); go test ./stacks/settings -update writes it", err)
	}
}

// TestEveryRowCanFail turns each row against a stack in which its property is
// gone: a row that still holds judges nothing.
func TestEveryRowCanFail(t *testing.T) {
	t.Parallel()
	resources, regions := stack(t, "prod")
	for _, part := range settings.Parts {
		for _, row := range part.Rows {
			if !row.Covers("prod") {
				continue
			}
			if err := row.Judge(broken(row, resources), regions); err == nil {
				t.Errorf("%s: %q holds of a stack that breaks it", part.Name, row.Setting)
			}
		}
	}
}

// broken is a stack without what a row asks for.
func broken(row settings.Row, resources []graph.Resource) []graph.Resource {
	var out []graph.Resource
	for _, r := range resources {
		if row.Selects(r) {
			if row.Want.Text == "" && !row.Guarded && row.After == "" {
				continue
			}
			kept := resource.PropertyMap{}
			if with, _, _ := strings.Cut(row.With, "="); with != "" && with != row.Path {
				kept[resource.PropertyKey(with)] = r.Get(with)
			}
			r.Protect, r.After, r.Inputs = false, nil, kept
		}
		out = append(out, r)
	}
	if row.None {
		out = append(out, graph.Resource{Type: row.Type, Name: "x" + row.Name})
	}
	return out
}
