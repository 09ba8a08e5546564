package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// state is what pulumi stack export prints of a stack with one smaller pool.
const state = `{"version":3,"deployment":{"resources":[
{"urn":"urn:pulumi:staging::saas::pulumi:pulumi:Stack::saas-staging"},
{"urn":"urn:pulumi:staging::saas::saas:index:Environment$saas:cluster:Cluster$gcp:container/nodePool:NodePool::cluster-southamerica-east1-pool",
 "parent":"urn:pulumi:staging::saas::saas:index:Environment$saas:cluster:Cluster::cluster-southamerica-east1",
 "inputs":{"location":"southamerica-east1","autoscaling":{"minNodeCount":1,"maxNodeCount":1},"nodeConfig":{"machineType":"e2-standard-2","diskSizeGb":100}}}]}}`

func TestTheCommandPrintsSavesAndCompares(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	base, saved := filepath.Join(dir, "state.json"), filepath.Join(dir, "out", "cost.json")
	if err := os.WriteFile(base, []byte(state), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"-root", spectest.Root(), "-stack", "staging", "-base", base, "-json", saved}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"TOTAL of staging", "Against " + base, "cluster southamerica-east1 cluster-southamerica-east1-pool vm"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	text, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	var all result
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if all.Stack != "staging" || all.USD <= 0 || all.Difference == nil || all.Difference.USD <= 0 {
		t.Errorf("the file holds %s", text)
	}
}

func TestAGraphComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run([]string{"-root", spectest.Root(), "-stack", "prod", "-graph"}, &out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "a recorded secret") {
		t.Error("a secret is written")
	}
	if n := strings.Count(out.String(), `"type"`); n < 100 {
		t.Errorf("%d resources are written", n)
	}
}

func TestWhatCannotBeComparedIsNamed(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]string{
		"gone.json":          "pulumi stack export --file gone.json writes it",
		"no-such-ref-at-all": "no-such-ref-at-all",
	} {
		err := run([]string{"-root", spectest.Root(), "-base", what}, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), "compare with "+what) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", what, err, want)
		}
	}
	if err := run([]string{"-root", spectest.Root(), "-stack", "lab"}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "Pulumi.lab.yaml") {
		t.Errorf("a stack that is none gives %v", err)
	}
}
