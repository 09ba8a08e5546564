package kubernetes_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func metadata(t *testing.T, inputs resource.PropertyMap) resource.PropertyMap {
	t.Helper()
	value := inputs["metadata"]
	if !value.IsObject() {
		t.Fatalf("metadata is %v", value)
	}
	return value.ObjectValue()
}

func TestAnObjectWithoutANameIsNamedForItsResource(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	first, err := p.check("app", configMap("default"), nil)
	if err != nil {
		t.Fatal(err)
	}
	name := metadata(t, first)["name"].StringValue()
	if !regexp.MustCompile(`^app-[0-9a-f]{8}$`).MatchString(name) {
		t.Errorf("the name is %q", name)
	}
	if mark := metadata(t, first)["annotations"].ObjectValue()["pulumi.com/autonamed"]; mark.StringValue() != "true" {
		t.Errorf("the name is marked %v", mark)
	}
	again, err := p.check("app", configMap("default").with("data.more", "1"), first)
	if err != nil {
		t.Fatal(err)
	}
	if kept := metadata(t, again)["name"].StringValue(); kept != name {
		t.Errorf("the next update names it %q, not %q", kept, name)
	}
	given, err := p.check("app", configMap("default").with("metadata.name", "mine"), first)
	if err != nil {
		t.Fatal(err)
	}
	if metadata(t, given)["name"].StringValue() != "mine" || metadata(t, given)["annotations"].IsObject() {
		t.Errorf("a given name becomes %v", metadata(t, given))
	}
}

func TestTheEnginesAutonamingIsHeard(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	o := configMap("default")
	check := func(auto *plugin.AutonamingOptions) (plugin.CheckResponse, error) {
		return p.provider.Check(t.Context(), plugin.CheckRequest{URN: o.urn("app"), News: resource.NewPropertyMapFromMap(o), Autonaming: auto})
	}
	proposed, err := check(&plugin.AutonamingOptions{Mode: plugin.AutonamingModePropose, ProposedName: "proposed"})
	if err != nil || metadata(t, proposed.Properties)["name"].StringValue() != "proposed" {
		t.Errorf("a proposal gives %v, %v", proposed.Properties, err)
	}
	_, err = check(&plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled})
	wantError(t, err, "autonaming is disabled: set metadata.name")
}

func TestAnObjectGoesToTheDefaultNamespaceOnlyIfItsKindHasOne(t *testing.T) {
	t.Parallel()
	configMap := object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a"}}
	for name, row := range map[string]struct {
		settings map[string]any
		object   object
		want     string
	}{
		"namespaced":         {nil, configMap, "default"},
		"the provider's own": {map[string]any{"namespace": "team"}, configMap, "team"},
		"given":              {nil, configMap.with("metadata.namespace", "mine"), "mine"},
		"cluster-wide":       {nil, object{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": map[string]any{"name": "a"}}, ""},
		"a definition":       {nil, object{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": "a"}}, ""},
	} {
		p := newProgram(t, row.settings)
		inputs, err := p.check("a", row.object, nil)
		if err != nil {
			t.Fatal(err)
		}
		namespace := metadata(t, inputs)["namespace"]
		if got, _ := namespace.V.(string); got != row.want {
			t.Errorf("%s: the namespace is %v, want %q", name, namespace, row.want)
		}
	}
}

func TestWhatIsNoObjectIsRefusedByName(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	for token, want := range map[tokens.Type]string{
		"kubernetes:helm.sh/v4:Chart":            "installs charts as releases only: kubernetes:helm.sh/v4:Chart: declare a kubernetes:helm.sh/v3:Release",
		"kubernetes:kustomize/v2:Directory":      "expands no files",
		"kubernetes:yaml/v2:ConfigGroup":         "expands no files",
		"kubernetes:apps/v1:DeploymentList":      "creates no lists",
		"kubernetes:apps/v1:DeploymentPatch":     "patches no foreign objects",
		"kubernetes:core/v1:NamespacePatch":      "patches no foreign objects",
		"random:index/randomPassword:Deployment": "no type of the Kubernetes provider",
	} {
		urn := resource.NewURN("test", "saas", "", token, "a")
		_, err := p.provider.Check(t.Context(), plugin.CheckRequest{URN: urn})
		wantError(t, err, want)
		_, err = p.provider.Create(t.Context(), plugin.CreateRequest{URN: urn})
		wantError(t, err, want)
	}
}

func TestInputsThatContradictTheTypeAreRefused(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	o := configMap("default")
	for field, value := range map[string]string{"kind": "Secret", "apiVersion": "v2"} {
		_, err := p.provider.Check(t.Context(), plugin.CheckRequest{URN: o.urn("a"), News: resource.NewPropertyMapFromMap(o.with(field, value))})
		wantError(t, err, field+" "+value+" contradicts")
	}
	_, err := p.check("a", o.with("metadata.generateName", "a-"), nil)
	wantError(t, err, "metadata.generateName is not supported")
}

func TestValuesAreWrittenAsTheServerWritesThem(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("canonical", "")
	pod := restrictedPod().container("resources.requests.cpu", "1000m").container("resources.limits.memory", "1024Mi")
	o := workload("Deployment", "canonical", pod).with("metadata.name", "app")
	s := p.must("app", o)
	if diff := p.diff("app", s, o); diff.Changes != plugin.DiffNone {
		t.Errorf("the same inputs differ: %v", diff.DetailedDiff)
	}
	seen := p.refresh("app", s, o)
	if diff := p.diff("app", seen, o); diff.Changes != plugin.DiffNone {
		t.Errorf("after a refresh, the same inputs differ: %v", diff.DetailedDiff)
	}
}

func TestSecretsStayMarked(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("hidden", "")
	o := object{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"namespace": "hidden", "name": "s"}, "stringData": map[string]any{"key": "hunter2"}}
	s := p.must("s", o)
	encoded := base64.StdEncoding.EncodeToString([]byte("hunter2"))
	for what, properties := range map[string]resource.PropertyMap{"inputs": s.inputs, "outputs": s.outputs, "read": p.refresh("s", s, o).outputs} {
		data := properties["data"]
		if !data.IsSecret() || data.SecretValue().Element.ObjectValue()["key"].StringValue() != encoded {
			t.Errorf("data of the %s is not a secret of what was given", what)
		}
		open := properties.MapRepl(nil, func(v resource.PropertyValue) (any, bool) { return "[secret]", v.IsSecret() })
		if text := fmt.Sprint(open); strings.Contains(text, "hunter2") || strings.Contains(text, encoded) || !strings.Contains(text, "[secret]") {
			t.Errorf("the %s show the secret: %s", what, text)
		}
	}
	if diff := p.diff("s", s, o); diff.Changes != plugin.DiffNone {
		t.Errorf("the same Secret differs: %v", diff.DetailedDiff)
	}

	c := configMap("hidden").with("metadata.name", "c")
	inputs := resource.NewPropertyMapFromMap(c)
	inputs["data"].ObjectValue()["key"] = resource.MakeSecret(resource.NewStringProperty("hunter2"))
	checked, err := p.provider.Check(t.Context(), plugin.CheckRequest{URN: c.urn("c"), News: inputs})
	if err != nil {
		t.Fatal(err)
	}
	made, err := p.provider.Create(t.Context(), plugin.CreateRequest{URN: c.urn("c"), Properties: checked.Properties})
	if err != nil {
		t.Fatal(err)
	}
	for what, properties := range map[string]resource.PropertyMap{"checked": checked.Properties, "created": made.Properties} {
		if key := properties["data"].ObjectValue()["key"]; !key.IsSecret() {
			t.Errorf("the %s value is no longer secret", what)
		}
	}
}
