package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// definition defines a kind of the test's own.
func definition(group, kind, plural, scope string) object {
	return object{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": plural + "." + group},
		"spec": map[string]any{"group": group, "scope": scope, "names": map[string]any{"kind": kind, "plural": plural, "singular": plural[:len(plural)-1]},
			"versions": []any{map[string]any{"name": "v1", "served": true, "storage": true, "schema": map[string]any{"openAPIV3Schema": map[string]any{
				"type": "object", "properties": map[string]any{"spec": map[string]any{"type": "object", "properties": map[string]any{
					"size": map[string]any{"type": "integer"}, "free": map[string]any{"type": "object", "x_kubernetes_preserve_unknown_fields": true},
				}}}}}}}}}
}

func TestADefinedKindCanBeUsedAtOnceAndGoesWithItsObjects(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("custom", "")
	d := definition("test.example.com", "Widget", "widgets", "Namespaced")
	defined := p.must("widgets", d)
	if diff := p.diff("widgets", defined, d); diff.Changes != plugin.DiffNone {
		t.Errorf("the same definition differs: %v", diff.DetailedDiff)
	}
	widget := object{"apiVersion": "test.example.com/v1", "kind": "Widget", "metadata": map[string]any{"namespace": "custom", "name": "w"},
		"spec": map[string]any{"size": 3.0, "free": map[string]any{"any": "thing"}}}
	s := p.must("w", widget)
	if s.id != "custom/w" || s.outputs["spec"].ObjectValue()["free"].ObjectValue()["any"].StringValue() != "thing" {
		t.Errorf("the object is %s, %v", s.id, s.outputs["spec"])
	}
	_, err := p.up("typo", widget.with("metadata.name", "typo").with("spec.sise", 3.0))
	wantError(t, err, "Widget custom/typo", "sise")
	if err := p.down("widgets", defined, d); err != nil {
		t.Fatal(err)
	}
	if read := p.refresh("w", s, widget); read.id != "" {
		t.Errorf("without its kind, the object reads as %s", read.id)
	}
	if err := p.down("w", s, widget); err != nil {
		t.Errorf("deleting an object whose kind is gone gives %v", err)
	}
}

func TestAClusterWideCustomObjectHasNoNamespace(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	d := definition("wide.example.com", "Gadget", "gadgets", "Cluster")
	gadget := object{"apiVersion": "wide.example.com/v1", "kind": "Gadget", "metadata": map[string]any{"name": "g"}}
	// Checked before the kind is defined, it seems to live in a namespace.
	inputs, err := p.check("g", gadget, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.must("gadgets", d)
	wrong := inputs.Copy()
	wrong["sise"] = resource.NewNumberProperty(3)
	_, err = p.provider.Create(t.Context(), plugin.CreateRequest{URN: gadget.urn("g"), Properties: wrong})
	wantError(t, err, "Gadget g: ", "sise")
	made, err := p.provider.Create(t.Context(), plugin.CreateRequest{URN: gadget.urn("g"), Properties: inputs})
	if err != nil || made.ID != "g" {
		t.Errorf("Create gives %q, %v", made.ID, err)
	}
}

func TestAnUnknownKindIsNamed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	_, err := p.up("a", object{"apiVersion": "never.example.com/v1", "kind": "Never", "metadata": map[string]any{"name": "a"}})
	wantError(t, err, "Never default/a", "the cluster does not serve Never of never.example.com/v1: create its CustomResourceDefinition first")
}

func TestAMissingNamespaceIsNamed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	_, err := p.up("a", configMap("nowhere"))
	wantError(t, err, "ConfigMap nowhere/a-", `namespaces "nowhere" not found`)
}

func TestANamespaceGoesWithAllThatIsInside(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	s := p.namespace("ending", "")
	inside := p.must("inside", configMap("ending"))
	app := workload("Deployment", "ending", restrictedPod())
	deployed := p.must("app", app)
	space := object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "ending"}}
	if err := p.down("ending", s, space); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]state{
		"namespace": p.refresh("ending", s, space), "config map": p.refresh("inside", inside, configMap("ending")), "deployment": p.refresh("app", deployed, app),
	} {
		if read.id != "" {
			t.Errorf("the %s reads as %s", name, read.id)
		}
	}
	p.namespace("ending", "")
}

func TestWhatHoldsAnObjectIsNamed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("held", "")
	o := configMap("held").with("metadata.name", "held").with("metadata.finalizers", []any{"example.com/hold"})
	s := p.must("held", o)
	_, err := p.provider.Delete(t.Context(), plugin.DeleteRequest{URN: o.urn("held"), ID: s.id, Inputs: s.inputs, Outputs: s.outputs, Timeout: 0.2})
	wantError(t, err, "ConfigMap held/held: it does not go: finalizers example.com/hold hold it")
}

func TestAClaimForAVolumeGoesAtOnce(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("claims", "")
	claim := named("PersistentVolumeClaim").with("metadata.namespace", "claims")
	s := p.must("a", claim)
	if err := p.down("a", s, claim); err != nil {
		t.Error(err)
	}
}
