package spec_test

import (
	"os"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/avila-devops/saas/stacks/spec"
)

func TestPulumiYAMLDeclaresExactlyTheKeysThatTheSpecReads(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../Pulumi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var project struct {
		Name   string                    `yaml:"name"`
		Config map[string]spec.KeySchema `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &project); err != nil {
		t.Fatal(err)
	}
	if project.Name != spec.Namespace {
		t.Errorf("the project is named %q, the spec's namespace is %q", project.Name, spec.Namespace)
	}
	want := spec.Schema()
	if len(want) < 5 {
		t.Fatalf("the spec reads %d keys: the schema was not scanned", len(want))
	}
	for key, schema := range want {
		got, declared := project.Config[key]
		if !declared {
			t.Errorf("Pulumi.yaml does not declare %s", key)
			continue
		}
		if yamlOf(t, got) != yamlOf(t, schema) {
			t.Errorf("Pulumi.yaml declares %s as\n%s\nthe spec reads\n%s", key, yamlOf(t, got), yamlOf(t, schema))
		}
	}
	for key := range project.Config {
		if _, read := want[key]; !read {
			t.Errorf("Pulumi.yaml declares %s, which the spec does not read", key)
		}
	}
}

func yamlOf(t *testing.T, v any) string {
	t.Helper()
	text, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
