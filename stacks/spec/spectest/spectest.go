// Package spectest holds what tests of several packages need of a stack's
// configuration: the repository's own stack files, and one small valid
// configuration to change.
package spectest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/avila-devops/saas/stacks/spec"
)

// Root is the repository's root.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// StackFile reads Pulumi.<stack>.yaml as the engine would hand it to the
// program: scalars as text, the rest as JSON.
func StackFile(t testing.TB, stack string) spec.Source {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(), "Pulumi."+stack+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return Parse(t, stack, string(text))
}

// Parse reads the text of a stack file.
func Parse(t testing.TB, stack, text string) spec.Source {
	t.Helper()
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	source := spec.Source{Stack: stack, Values: map[string]string{}}
	for key, value := range file.Config {
		switch v := value.(type) {
		case string:
			source.Values[key] = v
		case bool, int:
			source.Values[key] = fmt.Sprint(v)
		default:
			asJSON, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			source.Values[key] = string(asJSON)
		}
	}
	return source
}

// Valid is a configuration that Load accepts, with two regions.
const Valid = `
config:
  gcp:project: example-test
  saas:projectNumber: "123456789012"
  saas:domain: example.com.br
  saas:regions:
    - name: southamerica-east1
      cidr: 10.16.0.0/14
      zones: [southamerica-east1-a, southamerica-east1-b, southamerica-east1-c]
    - name: europe-west1
      cidr: 10.20.0.0/14
      zones: [europe-west1-b, europe-west1-c, europe-west1-d]
  saas:operators:
    securityGroup: gke-security-groups@example.com.br
    admins: ["group:platform@example.com.br"]
  saas:cluster: {machineType: e2-standard-4}
  saas:database: {edition: ENTERPRISE, tier: db-custom-2-7680}
  saas:cache: {}
  saas:services: {landing: {}}
  saas:images: {landing: "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
  saas:mirrors: {nginx: "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}
  saas:tenants:
    - id: a
    - id: b
`

// With is Valid with keys set to other text or JSON, in pairs.
func With(t testing.TB, pairs ...string) spec.Source {
	t.Helper()
	source := Parse(t, "test", Valid)
	for i := 0; i+1 < len(pairs); i += 2 {
		source.Values[pairs[i]] = pairs[i+1]
	}
	return source
}
