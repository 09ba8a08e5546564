package graph_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

func TestTheGraphHoldsWhatTheProgramAsksFor(t *testing.T) {
	t.Parallel()
	resources, err := graph.Of(spectest.StackFile(t, "prod"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := graph.Write(&out, resources); err != nil {
		t.Fatal(err)
	}
	again, err := graph.Read(&out)
	if err != nil || len(again) != len(resources) || len(again) < 100 {
		t.Fatalf("%d of %d resources come back: %v", len(again), len(resources), err)
	}
	components := map[string]int{}
	for i, r := range resources {
		components[r.Component()]++
		if r.Type != again[i].Type || r.Name != again[i].Name || r.Component() != again[i].Component() {
			t.Errorf("%s %s comes back as %s %s", r.Type, r.Name, again[i].Type, again[i].Name)
		}
	}
	for _, want := range []string{"network", "cluster", "database", "cache", "encryption", "environment"} {
		if components[want] == 0 {
			t.Errorf("no resource is of component %s: %v", want, components)
		}
	}
}

func TestPathsReachIntoListsAndSecrets(t *testing.T) {
	t.Parallel()
	r := graph.Resource{Inputs: resource.PropertyMap{"a": resource.MakeSecret(resource.NewProperty(resource.PropertyMap{
		"b": resource.NewProperty([]resource.PropertyValue{resource.NewProperty("x"), resource.NewProperty(7.0)}),
	}))}}
	if got := r.Text("a.b.0"); got != "x" {
		t.Errorf("a.b.0 is %q", got)
	}
	if got := r.Number("a.b.1"); got != 7 {
		t.Errorf("a.b.1 is %g", got)
	}
	for _, path := range []string{"a.b.2", "a.b.x", "a.c.d", "z"} {
		if got := r.Get(path); !got.IsNull() {
			t.Errorf("%s is %v", path, got)
		}
	}
}

func TestAStateWithoutResourcesIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`{}`: "holds no resources", `[`: "read the state"} {
		if _, err := graph.ReadState(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", text, err, want)
		}
	}
}
