package kubernetes_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/kubernetes"
)

const jetstack = "https://charts.jetstack.io"

// chartOf is a release as a program declares it.
func chartOf(name, repository, version, namespace string, values map[string]any) object {
	return object{
		"chart": name, "version": version, "namespace": namespace, "name": name, "values": values,
		"repositoryOpts": map[string]any{"repo": repository}, "compat": "true",
	}
}

func certManager(namespace string, values map[string]any) object {
	return chartOf("cert-manager", jetstack, "v1.21.2", namespace, values)
}

func releaseURN(name string) resource.URN {
	return resource.NewURN("test", "saas", "", "kubernetes:helm.sh/v3:Release", name)
}

func (p *program) checkRelease(name string, o object, old resource.PropertyMap) (resource.PropertyMap, string) {
	p.Helper()
	checked, err := p.provider.Check(p.Context(), plugin.CheckRequest{
		URN: releaseURN(name), Olds: old, News: resource.NewPropertyMapFromMap(o), RandomSeed: []byte(p.Name() + name),
	})
	if err != nil {
		p.Fatal(err)
	}
	var faults []string
	for _, failure := range checked.Failures {
		faults = append(faults, string(failure.Property)+": "+failure.Reason)
	}
	return checked.Properties, strings.Join(faults, "\n")
}

func (p *program) release(name string, o object) (state, error) {
	p.Helper()
	inputs, faults := p.checkRelease(name, o, nil)
	if faults != "" {
		p.Fatalf("check of %s fails: %s", name, faults)
	}
	made, err := p.provider.Create(p.Context(), plugin.CreateRequest{URN: releaseURN(name), Properties: inputs})
	return state{made.ID, inputs, made.Properties}, err
}

func (p *program) upgrade(name string, s state, o object) (state, error) {
	p.Helper()
	inputs, faults := p.checkRelease(name, o, s.inputs)
	if faults != "" {
		p.Fatalf("check of %s fails: %s", name, faults)
	}
	made, err := p.provider.Update(p.Context(), plugin.UpdateRequest{
		URN: releaseURN(name), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: inputs,
	})
	return state{s.id, inputs, made.Properties}, err
}

func (p *program) uninstall(name string, s state) error {
	p.Helper()
	_, err := p.provider.Delete(p.Context(), plugin.DeleteRequest{URN: releaseURN(name), ID: s.id, Inputs: s.inputs, Outputs: s.outputs})
	return err
}

func (p *program) has(o object, id resource.ID) bool {
	p.Helper()
	return p.refresh("look", state{id: id}, o).id != ""
}

var (
	kinds  = object{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
	secret = object{"apiVersion": "v1", "kind": "Secret"}
)

func status(s state) resource.PropertyMap { return s.outputs["status"].ObjectValue() }

// TestAReleaseBringsItsKindsAndTakesThemAlong goes through the life of
// cert-manager's release: the definitions are the whole cluster's, so its parts
// cannot run beside each other.
func TestAReleaseBringsItsKindsAndTakesThemAlong(t *testing.T) { //nolint:paralleltest // see above
	p := newProgram(t, nil)
	var said bytes.Buffer
	kubernetes.Hear(p.provider, &said)
	on := func(keep bool) map[string]any {
		return map[string]any{"crds": map[string]any{"enabled": true, "keep": keep}}
	}
	issuer := object{"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": map[string]any{"namespace": "certs"}, "spec": map[string]any{"selfSigned": map[string]any{}}}

	_, err := p.release("early", certManager("certs", on(true)))
	wantError(t, err, "release certs/cert-manager of the chart cert-manager v1.21.2", `namespaces "certs" not found`, "create the namespace first, or set createNamespace")
	s, err := p.release("cert-manager", certManager("certs", on(true)).with("createNamespace", true).with("atomic", true).with("timeout", 60))
	if err != nil {
		t.Fatal(err)
	}
	if s.id != "certs/cert-manager" || status(s)["status"].StringValue() != "deployed" || status(s)["revision"].NumberValue() != 1 || status(s)["appVersion"].StringValue() != "v1.21.2" {
		t.Errorf("%s is %v", s.id, status(s))
	}
	names := s.outputs["resourceNames"].ObjectValue()["CustomResourceDefinition.apiextensions.k8s.io/apiextensions.k8s.io/v1"]
	if !names.IsArray() || len(names.ArrayValue()) != 6 {
		t.Errorf("the resource names are %v", s.outputs["resourceNames"])
	}

	t.Run("its kinds work at once", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		made := p.must("issuer", issuer)
		if !strings.HasPrefix(string(made.id), "certs/issuer-") {
			t.Errorf("the issuer is called %s", made.id)
		}
		if diff := p.diff("issuer", made, issuer); diff.Changes != plugin.DiffNone {
			t.Errorf("the same issuer differs: %v", diff.DetailedDiff)
		}
		_, err := p.up("typo", issuer.with("spec.selfSinged", map[string]any{}))
		wantError(t, err, "Issuer certs/typo-", "selfSinged")
		_, err = p.up("empty", object{"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": map[string]any{"namespace": "certs"}, "spec": map[string]any{"secretName": "a"}})
		wantError(t, err, "Certificate certs/empty-", "spec.issuerRef")
		wide := p.must("wide", object{"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": map[string]any{"name": "root"}, "spec": map[string]any{"selfSigned": map[string]any{}}})
		if wide.id != "root" {
			t.Errorf("what belongs to no namespace is called %s", wide.id)
		}
	})
	t.Run("Helm's record is there", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		record := p.refresh("record", state{id: "certs/sh.helm.release.v1.cert-manager.v1"}, secret)
		if record.outputs["type"].StringValue() != "helm.sh/release.v1" {
			t.Errorf("the record is %v", record.outputs)
		}
		labels := record.outputs["metadata"].ObjectValue()["labels"].ObjectValue()
		if labels["owner"].StringValue() != "helm" || labels["status"].StringValue() != "deployed" || labels["version"].StringValue() != "1" {
			t.Errorf("its labels are %v", labels)
		}
	})
	t.Run("its name is taken", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		_, err := p.release("other", certManager("certs", on(true)))
		wantError(t, err, "cannot re-use a name that is still in use", "revision 1 of it is deployed")
		again, err := p.release("cert-manager", certManager("certs", on(true)))
		if err != nil || status(again)["revision"].NumberValue() != 2 {
			t.Errorf("what the same resource made in a run that was killed: %v, %v", status(again), err)
		}
	})
	t.Run("its kinds are taken", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		other := certManager("elsewhere", on(false)).with("createNamespace", true)
		_, err := p.release("other", other.with("atomic", true))
		wantError(t, err, "it was uninstalled because it is atomic", "invalid ownership metadata", `release "cert-manager" in namespace "certs"`)
		if p.has(secret, "elsewhere/sh.helm.release.v1.cert-manager.v1") {
			t.Error("the atomic release left its record")
		}
		_, err = p.release("other", other)
		wantError(t, err, "invalid ownership metadata")
		record := p.refresh("record", state{id: "elsewhere/sh.helm.release.v1.cert-manager.v1"}, secret)
		if got := record.outputs["metadata"].ObjectValue()["labels"].ObjectValue()["status"]; got.StringValue() != "failed" {
			t.Errorf("the release that is not atomic is %v", got)
		}
	})
	t.Run("it is upgraded", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		next := certManager("certs", map[string]any{"crds": map[string]any{"enabled": true}, "replicaCount": 2}).with("maxHistory", 2)
		inputs, _ := p.checkRelease("cert-manager", next, s.inputs)
		diff, err := p.provider.Diff(t.Context(), plugin.DiffRequest{URN: releaseURN("cert-manager"), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: inputs})
		if _, changed := diff.DetailedDiff["values.replicaCount"]; err != nil || !changed || len(diff.ReplaceKeys) > 0 {
			t.Errorf("the change is %v, %v", diff.DetailedDiff, err)
		}
		for range 2 {
			if s, err = p.upgrade("cert-manager", s, next); err != nil {
				t.Fatal(err)
			}
		}
		if status(s)["revision"].NumberValue() != 4 || p.has(secret, "certs/sh.helm.release.v1.cert-manager.v2") || !p.has(secret, "certs/sh.helm.release.v1.cert-manager.v3") {
			t.Errorf("of 4 revisions, not the last 2 are kept: %v", status(s))
		}
	})
	t.Run("it goes and keeps its kinds", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		if err := p.uninstall("cert-manager", s); err != nil {
			t.Fatal(err)
		}
		if !p.has(kinds, "issuers.cert-manager.io") || !strings.Contains(said.String(), "kept due to the resource policy of the chart: ") {
			t.Errorf("the definitions are gone, or nothing says that they are not: %q", &said)
		}
		if p.has(secret, "certs/sh.helm.release.v1.cert-manager.v4") {
			t.Error("the record is still there")
		}
		read, err := p.provider.Read(t.Context(), plugin.ReadRequest{URN: releaseURN("cert-manager"), ID: s.id, Inputs: s.inputs, State: s.outputs})
		if err != nil || read.ID != "" {
			t.Errorf("the release that is gone reads as %q, %v", read.ID, err)
		}
	})
	t.Run("it comes back and takes them along", func(t *testing.T) { //nolint:paralleltest // of one cluster
		p := &program{t, p.provider}
		if s, err = p.release("again", certManager("certs", on(false))); err != nil {
			t.Fatal(err)
		}
		if s, err = p.upgrade("again", s, certManager("certs", map[string]any{})); err != nil {
			t.Fatal(err)
		}
		if p.has(kinds, "issuers.cert-manager.io") {
			t.Error("without crds.enabled the definitions stay")
		}
		if err := p.uninstall("again", s); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOnlyKnownChartsWithTheirOwnValuesAreInstalled(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	good := certManager("certs", map[string]any{"crds": map[string]any{"enabled": true}})
	for name, row := range map[string]struct {
		release object
		want    string
	}{
		"another chart":             {good.with("chart", "traefik"), `chart: the sandbox has no chart "traefik"; it has cert-manager v1.21.2, `},
		"another version":           {good.with("version", "v1.20.0"), `in version v1.21.2, not "v1.20.0"`},
		"no version":                {good.with("version", ""), "names no version of the chart cert-manager: name an exact one"},
		"another repository":        {good.with("repositoryOpts.repo", "https://example.com"), `"https://example.com" is no repository of the chart cert-manager: use one of https://charts.jetstack.io`},
		"a value it does not have":  {good.with("values.replicas", 3), "values: values: the chart cert-manager v1.21.2 refuses it: additionalProperties 'replicas' not allowed"},
		"a value of another type":   {good.with("values.replicaCount", "three"), "values.replicaCount: the chart cert-manager v1.21.2 refuses it: expected number, but got string"},
		"a switch that is no truth": {good.with("values.crds.enabled", "yes"), "values.crds.enabled: yes is neither true nor false"},
		"a key of no chart":         {chartOf("eck-operator", "https://helm.elastic.co", "3.5.0", "elastic", map[string]any{"installCrds": true}), "values.installCrds: the chart eck-operator 3.5.0 has no such value; it has affinity"},
		"an input of no release":    {good.with("skipCRDs", true), "skipCRDs: a release has no such input"},
		"files of values":           {good.with("valueYamlFiles", []any{"a"}), "valueYamlFiles: write the values as values"},
		"a name too long":           {good.with("name", strings.Repeat("n", 54)), "is no name of a release: use at most 53"},
	} {
		if _, faults := p.checkRelease("release", row.release, nil); !strings.Contains(faults, row.want) {
			t.Errorf("%s: the faults are %q, want %q", name, faults, row.want)
		}
	}
	for name, release := range map[string]object{
		"as an OCI artifact":                 good.with("chart", "oci://quay.io/jetstack/charts/cert-manager").with("repositoryOpts", map[string]any{}),
		"with a value that is not known yet": good.with("values.replicaCount", resource.Computed{Element: resource.NewProperty("")}),
	} {
		if _, faults := p.checkRelease("release", release, nil); faults != "" {
			t.Errorf("%s: %s", name, faults)
		}
	}
}

func TestAReleaseIsCompletedAsOfficially(t *testing.T) {
	t.Parallel()
	p := newProgram(t, map[string]any{"namespace": "home"})
	inputs, faults := p.checkRelease("certs", object{
		"chart": "cert-manager", "version": "v1.21.2", "compat": "true", "skipCrds": false, "repositoryOpts": map[string]any{"repo": jetstack},
	}, nil)
	if faults != "" {
		t.Fatal(faults)
	}
	if name := inputs["name"].StringValue(); !strings.HasPrefix(name, "certs-") || len(name) != len("certs-")+8 {
		t.Errorf("the name is %q", name)
	}
	if inputs["namespace"].StringValue() != "home" || inputs["timeout"].NumberValue() != 300 {
		t.Errorf("namespace and timeout are %v, %v", inputs["namespace"], inputs["timeout"])
	}
	for _, key := range []resource.PropertyKey{"compat", "skipCrds"} {
		if _, kept := inputs[key]; kept {
			t.Errorf("%s, which says nothing, is kept", key)
		}
	}
	again, _ := p.checkRelease("certs", object{"chart": "cert-manager", "version": "v1.21.2"}, inputs)
	if again["name"].StringValue() != inputs["name"].StringValue() {
		t.Error("the name changes")
	}
}

// TestOtherChartsBringTheirKinds runs alone: the server is busy with definitions
// of megabytes, and other tests have deadlines.
func TestOtherChartsBringTheirKinds(t *testing.T) { //nolint:paralleltest // see above
	p := newProgram(t, nil)
	kubernetes.Hear(p.provider, io.Discard)
	for name, row := range map[string]struct {
		release    object
		definition resource.ID
	}{
		"argo-rollouts": {chartOf("argo-rollouts", "https://argoproj.github.io/argo-helm", "2.41.0", "rollouts", map[string]any{"keepCRDs": false}), "rollouts.argoproj.io"},
		"eck-operator":  {chartOf("eck-operator", "https://helm.elastic.co", "3.5.0", "elastic", nil), "elasticsearches.elasticsearch.k8s.elastic.co"},
		"kube-prometheus-stack": {
			chartOf("kube-prometheus-stack", "https://prometheus-community.github.io/helm-charts", "88.5.3", "prometheus", nil), "prometheusrules.monitoring.coreos.com",
		},
	} {
		release := row.release.with("createNamespace", true)
		s, err := p.release(name, release.with("skipCrds", true).with("values", map[string]any{}))
		if err != nil {
			t.Fatal(err)
		}
		// skipCrds is about the crds directory alone.
		if got, want := p.has(kinds, row.definition), name != "kube-prometheus-stack"; got != want {
			t.Errorf("%s with skipCrds: %s is there: %v, want %v", name, row.definition, got, want)
		}
		if s, err = p.upgrade(name, s, release); err != nil {
			t.Fatal(err)
		}
		if !p.has(kinds, row.definition) {
			t.Errorf("%s brings no %s", name, row.definition)
		}
		if err := p.uninstall(name, s); err != nil {
			t.Fatal(err)
		}
		if got, want := p.has(kinds, row.definition), name != "argo-rollouts"; got != want {
			t.Errorf("%s is gone: %s is there: %v, want %v", name, row.definition, got, want)
		}
	}
}
