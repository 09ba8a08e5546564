package provider_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/avila-devops/saas/sandbox/provider"
)

func object(pairs map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(pairs) }

func TestEqualInputsChangeNothing(t *testing.T) {
	t.Parallel()
	inputs := object(map[string]any{"name": "a", "nested": map[string]any{"list": []any{"x"}}})
	if diff := provider.Diff(inputs, inputs.Copy(), nil); diff.Changes != plugin.DiffNone || len(diff.DetailedDiff) != 0 {
		t.Errorf("equal inputs give %+v", diff)
	}
}

func TestOnlyAPathThatReplacesReplaces(t *testing.T) {
	t.Parallel()
	old := object(map[string]any{"name": "a", "nested": map[string]any{"fixed": "x", "free": "x"}, "gone": true})
	now := object(map[string]any{"name": "a", "nested": map[string]any{"fixed": "y", "free": "y"}, "fresh": true})
	diff := provider.Diff(old, now, func(path resource.PropertyPath) bool { return path.String() == "nested.fixed" })
	kinds := map[string]plugin.DiffKind{}
	for path, change := range diff.DetailedDiff {
		kinds[path] = change.Kind
	}
	want := map[string]plugin.DiffKind{
		"nested.fixed": plugin.DiffUpdateReplace, "nested.free": plugin.DiffUpdate,
		"gone": plugin.DiffDelete, "fresh": plugin.DiffAdd,
	}
	if len(kinds) != len(want) {
		t.Errorf("the diff is %v, want %v", kinds, want)
	}
	for path, kind := range want {
		if kinds[path] != kind {
			t.Errorf("%s is %v, want %v", path, kinds[path], kind)
		}
	}
	if !slices.Equal(diff.ReplaceKeys, []resource.PropertyKey{"nested"}) {
		t.Errorf("replace keys are %v, want nested alone", diff.ReplaceKeys)
	}
	if !slices.Equal(diff.ChangedKeys, []resource.PropertyKey{"fresh", "gone", "nested"}) {
		t.Errorf("changed keys are %v", diff.ChangedKeys)
	}
}

func TestWhatNoProgramHereUsesIsRefusedByName(t *testing.T) {
	t.Parallel()
	base := &provider.Base{Package: "gcp", Version: semver.MustParse("7.38.0")}
	_, invoke := base.Invoke(t.Context(), plugin.InvokeRequest{Tok: "gcp:compute/getZones:getZones"})
	_, construct := base.Construct(t.Context(), plugin.ConstructRequest{Type: "gcp:x:Y"})
	_, call := base.Call(t.Context(), plugin.CallRequest{Tok: "gcp:x:Y/z"})
	for want, err := range map[string]error{"gcp:compute/getZones:getZones": invoke, "gcp:x:Y": construct, "gcp:x:Y/z": call} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is answered with %v", want, err)
		}
	}
}

// maker counts what it creates.
type maker struct {
	plugin.UnimplementedProvider
	created int
}

func (m *maker) Create(context.Context, plugin.CreateRequest) (plugin.CreateResponse, error) {
	m.created++
	return plugin.CreateResponse{ID: "made"}, nil
}

func TestAFaultFailsTheCreationThatItNamesAndNoOther(t *testing.T) {
	t.Parallel()
	m := &maker{}
	p, err := provider.WithFaults(m, "gcp:sql/user:User#2")
	if err != nil {
		t.Fatal(err)
	}
	create := func(typ string, preview bool) error {
		_, err := p.Create(t.Context(), plugin.CreateRequest{URN: "urn:pulumi:s::p::gcp:sql/user:User::name", Type: tokens.Type(typ), Preview: preview})
		return err
	}
	for i, step := range []struct {
		typ     string
		preview bool
		fails   bool
	}{
		{"gcp:sql/user:User", false, false},
		{"gcp:sql/user:User", true, false}, // a preview creates nothing, and is not counted
		{"gcp:sql/database:Database", false, false},
		{"gcp:sql/user:User", false, true},
		{"gcp:sql/user:User", false, false},
	} {
		if err := create(step.typ, step.preview); (err != nil) != step.fails {
			t.Errorf("step %d gives %v, want failure %v", i, err, step.fails)
		}
	}
	if m.created != 4 {
		t.Errorf("%d were created, want 4: a fault comes before anything is made", m.created)
	}
}

func TestAFaultThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"gcp:sql/user:User", "gcp:sql/user:User#0", "User#1", "gcp:sql/user:User#1,#"} {
		if _, err := provider.WithFaults(&maker{}, text); err == nil || !strings.Contains(err.Error(), "is not TYPE#N") {
			t.Errorf("%q gives %v", text, err)
		}
	}
}
