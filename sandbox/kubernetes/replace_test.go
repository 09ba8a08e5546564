package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// named are objects with given names; each row of the table changes one field.
func named(kind string) object {
	switch kind {
	case "ConfigMap":
		return configMap("default").with("metadata.name", "a")
	case "Secret":
		return object{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "a", "namespace": "default"}, "type": "Opaque", "data": map[string]any{"k": "dg=="}}
	case "Service":
		return object{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "a", "namespace": "default"},
			"spec": map[string]any{"clusterIP": "None", "type": "ClusterIP", "ports": []any{map[string]any{"port": 80.0}}}}
	case "PersistentVolumeClaim":
		return object{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": "a", "namespace": "default"},
			"spec": map[string]any{"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "fast", "resources": map[string]any{"requests": map[string]any{"storage": "1Gi"}}}}
	case "RoleBinding":
		return object{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": map[string]any{"name": "a", "namespace": "default"},
			"roleRef": map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"}, "subjects": []any{}}
	case "ResourceQuota":
		return quota("default", map[string]any{"pods": "1"}).with("metadata.name", "a").with("spec.scopes", []any{"BestEffort"})
	case "Pod":
		return object{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "a", "namespace": "default"}, "spec": map[string]any(restrictedPod())}
	}
	return workload(kind, "default", restrictedPod()).with("metadata.name", "a")
}

func TestTheFieldsThatReplaceAreTheOfficialProviders(t *testing.T) {
	t.Parallel()
	computed := resource.Computed{Element: resource.NewStringProperty("")}
	for _, row := range []struct {
		kind, path string
		value      any
		replaces   bool
	}{
		{"ConfigMap", "metadata.name", "b", true},
		{"ConfigMap", "metadata.namespace", "other", true},
		{"ConfigMap", "metadata.labels", map[string]any{"a": "b"}, false},
		{"ConfigMap", "data.key", "other", true},
		{"ConfigMap", "data", nil, true},
		{"ConfigMap", "binaryData", map[string]any{"k": "dg=="}, true},
		{"Secret", "data.k", "dw==", true},
		{"Secret", "type", "other", true},
		{"Secret", "metadata.annotations", map[string]any{"a": "b"}, false},
		{"Service", "spec.clusterIP", "10.96.0.9", true},
		{"Service", "spec.clusterIP", computed, true},
		{"Service", "spec.type", "LoadBalancer", false},
		{"Deployment", "spec.selector.matchLabels.app", "other", true},
		{"Deployment", "spec.selector", map[string]any{"matchExpressions": []any{}}, true},
		{"Deployment", "spec.template.metadata.labels.more", "1", false},
		{"Deployment", "spec.replicas", 3.0, false},
		{"DaemonSet", "spec.selector.matchLabels.app", "other", true},
		{"StatefulSet", "spec.serviceName", "other", true},
		{"StatefulSet", "spec.revisionHistoryLimit", 3.0, true},
		{"StatefulSet", "spec.volumeClaimTemplates", []any{}, true},
		{"StatefulSet", "spec.replicas", 3.0, false},
		{"Job", "spec.template.spec.restartPolicy", "OnFailure", true},
		{"Job", "spec.completions", 3.0, true},
		{"Job", "spec.backoffLimit", 3.0, false},
		{"CronJob", "spec.schedule", "0 4 * * *", false},
		{"PersistentVolumeClaim", "spec.storageClassName", "slow", true},
		{"PersistentVolumeClaim", "spec.resources.requests.storage", "2Gi", false},
		{"RoleBinding", "roleRef.name", "b", true},
		{"RoleBinding", "subjects", []any{map[string]any{"kind": "User", "name": "a"}}, false},
		{"ResourceQuota", "spec.scopes", []any{"NotBestEffort"}, true},
		{"ResourceQuota", "spec.hard.pods", "2", false},
		{"Pod", "spec.containers", restrictedPod().container("image", "other")["containers"], true},
		{"Pod", "spec.containers", restrictedPod().container("name", "other")["containers"], false},
	} {
		p := newProgram(t, nil)
		before := named(row.kind)
		inputs, err := p.check("a", before, nil)
		if err != nil {
			t.Fatal(err)
		}
		diff := p.diff("a", state{id: "default/a", inputs: inputs, outputs: inputs}, before.with(row.path, row.value))
		if diff.Changes != plugin.DiffSome || diff.Replace() != row.replaces {
			t.Errorf("%s %s = %v: replaces %v, want %v: %v", row.kind, row.path, row.value, diff.Replace(), row.replaces, diff.DetailedDiff)
		}
	}
}

func TestMutableSettingsLetDataChangeInPlaceUnlessTheObjectIsImmutable(t *testing.T) {
	t.Parallel()
	p := newProgram(t, map[string]any{"enableConfigMapMutable": true, "enableSecretMutable": "true"})
	for _, kind := range []string{"ConfigMap", "Secret"} {
		for _, fixed := range []bool{false, true} {
			o := named(kind)
			if fixed {
				o = o.with("immutable", true)
			}
			inputs, err := p.check("a", o, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := p.diff("a", state{id: "default/a", inputs: inputs, outputs: inputs}, o.with("data.k", "dw==")); diff.Replace() != fixed {
				t.Errorf("%s, immutable %v: replaces %v", kind, fixed, diff.Replace())
			}
		}
	}
}

func TestOnlyAnObjectWithAGivenNameIsDeletedFirst(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	for name, row := range map[string]struct {
		before, after object
		first         bool
	}{
		"given name":        {named("ConfigMap"), named("ConfigMap").with("data.key", "2"), true},
		"chosen name":       {configMap("default"), configMap("default").with("data.key", "2"), false},
		"another name":      {named("ConfigMap"), named("ConfigMap").with("metadata.name", "b"), false},
		"another namespace": {named("ConfigMap"), named("ConfigMap").with("metadata.namespace", "other"), false},
		"in place":          {named("Deployment"), named("Deployment").with("spec.replicas", 3.0), false},
	} {
		inputs, err := p.check("a", row.before, nil)
		if err != nil {
			t.Fatal(err)
		}
		diff := p.diff("a", state{inputs: inputs, outputs: inputs}, row.after)
		if diff.DeleteBeforeReplace != row.first || diff.Changes != plugin.DiffSome {
			t.Errorf("%s: deleted first %v, want %v (%v)", name, diff.DeleteBeforeReplace, row.first, diff.DetailedDiff)
		}
	}
}

func TestAPreviewOfAReplacementAsksForASuccessorBesideTheOld(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("replaced", "")
	o := workload("Deployment", "replaced", restrictedPod()).with("metadata.name", "app")
	p.must("app", o)
	labels := map[string]any{"app": "new"}
	changed := o.with("spec.selector.matchLabels", labels).with("spec.template.metadata.labels", labels)
	previewed, err := p.preview("app", changed)
	if err != nil {
		t.Fatal(err)
	}
	if metadata(t, previewed)["name"].StringValue() != "app" || !metadata(t, previewed)["uid"].IsString() {
		t.Errorf("the preview gives %v", previewed)
	}
}

func TestAnIgnoredFieldKeepsItsLiveValue(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("ignored", "")
	o := workload("Deployment", "ignored", restrictedPod()).with("metadata.name", "app").with("spec.replicas", 3.0)
	s := p.must("app", o)
	// The autoscaler of a real cluster, as another manager.
	p.must("scaler", o.with("spec.replicas", 7.0).with("metadata.annotations", map[string]any{
		"pulumi.com/patchFieldManager": "autoscaler", "pulumi.com/patchForce": "true"}))
	seen := p.refresh("app", s, o)
	if diff := p.diff("app", seen, o, "spec.replicas"); diff.Changes != plugin.DiffNone && len(diff.DetailedDiff) > 0 {
		t.Errorf("the ignored field is a change: %v", diff.DetailedDiff)
	}
	if diff := p.diff("app", seen, o); len(diff.DetailedDiff) == 0 {
		t.Error("without being ignored, the field is no change either")
	}
	changed, err := p.update("app", seen, o.with("spec.minReadySeconds", 9.0), "spec.replicas")
	if err != nil {
		t.Fatal(err)
	}
	spec := changed.outputs["spec"].ObjectValue()
	if spec["replicas"].NumberValue() != 7 || spec["minReadySeconds"].NumberValue() != 9 {
		t.Errorf("after the update, replicas are %v and minReadySeconds %v", spec["replicas"], spec["minReadySeconds"])
	}
}
