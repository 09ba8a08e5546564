package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func configMap(namespace string) object {
	return object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": namespace}, "data": map[string]any{"key": "value"}}
}

func TestAnObjectIsCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	p := newProgram(t, map[string]any{"enableConfigMapMutable": true})
	p.namespace("life", "")
	o := configMap("life").with("metadata.name", "settings")
	s := p.must("settings", o)
	if s.id != "life/settings" {
		t.Errorf("the id is %s", s.id)
	}
	if uid := s.outputs["metadata"].ObjectValue()["uid"]; !uid.IsString() {
		t.Errorf("the outputs are not the live object: %v", s.outputs)
	}
	if diff := p.diff("settings", s, o); diff.Changes != plugin.DiffNone {
		t.Errorf("the same inputs differ: %v", diff.DetailedDiff)
	}
	changed := o.with("data", map[string]any{"other": "1"})
	s, err := p.update("settings", s, changed)
	if err != nil {
		t.Fatal(err)
	}
	data := s.outputs["data"].ObjectValue()
	if _, stays := data["key"]; stays || data["other"].StringValue() != "1" {
		t.Errorf("after the update, data is %v", data)
	}
	for range 2 {
		if err := p.down("settings", s, o); err != nil {
			t.Fatal(err)
		}
	}
	if s = p.refresh("settings", s, o); s.id != "" {
		t.Errorf("a deleted object reads as %s", s.id)
	}
}

func TestAnUnknownFieldIsRefusedByName(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("strict", "")
	o := configMap("strict").with("dada", map[string]any{"a": "b"})
	_, err := p.up("typo", o)
	wantError(t, err, "ConfigMap strict/typo-", `field not declared in schema`, "dada")
	_, err = p.preview("typo", o)
	wantError(t, err, "ConfigMap strict/typo-", "dada")
}

func TestAPreviewLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("dry", "")
	o := configMap("dry").with("metadata.name", "dry")
	previewed, err := p.preview("dry", o)
	if err != nil {
		t.Fatal(err)
	}
	if !previewed["metadata"].ObjectValue()["uid"].IsString() {
		t.Errorf("the server was not asked: %v", previewed)
	}
	inputs, err := p.check("dry", o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if read := p.refresh("dry", state{id: "dry/dry", inputs: inputs}, o); read.id != "" {
		t.Error("the previewed object exists")
	}
}

func TestAPreviewIsQuietWhileNothingCanBeJudged(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	for name, o := range map[string]object{
		"no namespace yet": configMap("later"),
		"no such kind yet": {"apiVersion": "later.example.com/v1", "kind": "Later", "metadata": map[string]any{"namespace": "default"}},
		"unknown value":    configMap("default").with("data.key", resource.Computed{Element: resource.NewStringProperty("")}),
	} {
		previewed, err := p.preview("quiet", o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, asked := previewed["metadata"].ObjectValue()["uid"]; asked {
			t.Errorf("%s: the server judged it", name)
		}
	}
}

func TestAnExistingObjectIsTakenOver(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("adopt", "")
	o := configMap("adopt").with("metadata.name", "shared")
	first := p.must("first", o)
	second := p.must("second", o.with("data.more", "1"))
	uid := func(s state) string { return s.outputs["metadata"].ObjectValue()["uid"].StringValue() }
	if uid(first) != uid(second) {
		t.Errorf("another object took the name")
	}
}

func TestAFieldOfAnotherManagerIsAConflict(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("conflict", "")
	o := configMap("conflict").with("metadata.name", "shared")
	p.must("first", o.with("metadata.annotations", map[string]any{"pulumi.com/patchFieldManager": "somebody"}))
	changed := o.with("data.key", "other")
	_, err := p.up("second", changed)
	wantError(t, err, "ConfigMap conflict/shared", "another manager owns a field", "pulumi.com/patchForce", `conflict with "somebody"`, ".data.key")
	forced := p.must("second", changed.with("metadata.annotations", map[string]any{"pulumi.com/patchForce": "true"}))
	if got := forced.outputs["data"].ObjectValue()["key"].StringValue(); got != "other" {
		t.Errorf("the forced value is %q", got)
	}
}

func TestAWarningIsAnError(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("warned", "")
	service := object{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"namespace": "warned", "name": "warned"},
		"spec": map[string]any{"clusterIP": "None", "loadBalancerIP": "192.0.2.1", "ports": []any{map[string]any{"port": 80}}}}
	_, err := p.up("warned", service)
	wantError(t, err, "Service warned/warned", "the API server warns", "loadBalancerIP")
	// The Service is there, so the engine must remember it.
	failure, ok := rpcerror.FromError(err)
	if !ok || len(failure.Details()) != 1 {
		t.Fatalf("the error carries no state: %v", err)
	}
	if init, ok := failure.Details()[0].(*pulumirpc.ErrorResourceInitFailed); !ok || init.Id != "warned/warned" || init.Properties.Fields["metadata"] == nil {
		t.Errorf("the error carries %v", failure.Details()[0])
	}
}

func TestDriftIsSeenAndSetBack(t *testing.T) {
	t.Parallel()
	p := newProgram(t, map[string]any{"enableConfigMapMutable": true})
	p.namespace("drift", "")
	o := configMap("drift").with("metadata.name", "drift")
	s := p.must("drift", o)
	drifted := p.must("stranger", o.with("data", map[string]any{"key": "drifted", "extra": "1"}))
	_ = drifted
	seen := p.refresh("drift", s, o)
	if got := seen.inputs["data"].ObjectValue(); got["key"].StringValue() != "drifted" || len(got) != 1 {
		t.Errorf("the refreshed inputs hold %v", got)
	}
	diff := p.diff("drift", seen, o)
	if _, ok := diff.DetailedDiff["data.key"]; !ok || len(diff.DetailedDiff) != 1 {
		t.Errorf("the drift is %v, want data.key", diff.DetailedDiff)
	}
	if fixed, err := p.update("drift", seen, o); err != nil || fixed.outputs["data"].ObjectValue()["key"].StringValue() != "value" {
		t.Errorf("the update gives %v, %v", fixed.outputs["data"], err)
	}
}

func TestAVanishedObjectIsNotUpdatedIntoBeing(t *testing.T) {
	t.Parallel()
	p := newProgram(t, map[string]any{"enableConfigMapMutable": true})
	p.namespace("vanished", "")
	o := configMap("vanished").with("metadata.name", "vanished")
	s := p.must("vanished", o)
	if err := p.down("vanished", s, o); err != nil {
		t.Fatal(err)
	}
	_, err := p.update("vanished", s, o.with("data.key", "other"))
	wantError(t, err, `configmaps "vanished" not found`)
}

func TestAnImportTakesWhatAProgramCanSet(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("imports", "")
	o := configMap("imports").with("metadata.name", "imported")
	p.must("imported", o)
	read := p.refresh("imported", state{id: "imports/imported"}, o)
	want := resource.NewPropertyMapFromMap(o)
	if diff := want.Diff(read.inputs); diff != nil || read.id != "imports/imported" {
		t.Errorf("the imported inputs of %s are %v", read.id, read.inputs)
	}
}
