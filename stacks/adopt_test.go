package stacks_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// adopting is the configuration of prod with everything that can be adopted.
func adopting(t *testing.T, withIDs bool) (spec.Source, *spec.Environment) {
	t.Helper()
	source := spectest.StackFile(t, "prod")
	env, err := spec.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	names, ids := map[string]string{}, map[string]string{}
	for resource, form := range env.Adoptable() {
		before, rest, _ := strings.Cut(form, "{")
		owner, after, _ := strings.Cut(rest, "}")
		names[owner] = "old-" + owner
		ids[resource] = before + names[owner] + after
	}
	source.Values["saas:names"] = jsonOf(t, names)
	if withIDs {
		source.Values["saas:adopt"] = jsonOf(t, ids)
	}
	return source, env
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatCanBeAdoptedIsWhatTheProgramMakes keeps the list in spec and the
// program together: a name that no resource has would be adopted by nobody.
func TestWhatCanBeAdoptedIsWhatTheProgramMakes(t *testing.T) {
	t.Parallel()
	source, env := adopting(t, true)
	resources, err := graph.Of(source)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]string{}
	for _, r := range resources {
		if r.Import != "" {
			imported[r.Name] = r.Import
			if got := r.Text("name"); got != "old-"+r.Name && r.Type != "gcp:dns/recordSet:RecordSet" {
				t.Errorf("%s %s is adopted and named %q", r.Type, r.Name, got)
			}
		}
	}
	want := slices.Sorted(maps.Keys(env.Adoptable()))
	if got := slices.Sorted(maps.Keys(imported)); !slices.Equal(got, want) || len(want) < 8 {
		t.Errorf("the program adopts %v; spec says %v", got, want)
	}
}

func TestANameAloneAdoptsNothingAndMovesNothingElse(t *testing.T) {
	t.Parallel()
	plain, err := graph.Of(spectest.StackFile(t, "prod"))
	if err != nil {
		t.Fatal(err)
	}
	source, env := adopting(t, false)
	named, err := graph.Of(source)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range named {
		if r.Import != "" {
			t.Errorf("%s is imported", r.Name)
		}
		form := env.Adoptable()[r.Name]
		named := strings.Contains(form, "{"+r.Name+"}")
		before, after := plain[i].Inputs.Copy(), r.Inputs.Copy()
		delete(before, "managedZone") // a record says which zone it is in, by name
		delete(after, "managedZone")
		if plain[i].Name != r.Name || (!named && !before.DeepEquals(after)) {
			t.Errorf("%s %s changes when other resources are named", r.Type, r.Name)
		}
	}
}
