// Package spectest holds what tests of several packages need of a stack's
// configuration: the repository's own stack files, and one small valid
// configuration to change.
package spectest

import (
	"encoding/json"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
)

// Root is the repository's root.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// StackFile reads Pulumi.<stack>.yaml as the engine would hand it to the
// program.
func StackFile(t testing.TB, stack string) spec.Source {
	t.Helper()
	source, err := spec.ReadStackFile(Root(), stack)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// Parse reads the text of a stack file.
func Parse(t testing.TB, stack, text string) spec.Source {
	t.Helper()
	source, err := spec.ParseStackFile(stack, []byte(text))
	if err != nil {
		t.Fatal(err)
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
  saas:github: {ownerId: "1234567", repositoryId: "7654321", repository: example/saas, branch: main}
  saas:cluster: {machineType: e2-standard-4}
  saas:database: {edition: ENTERPRISE, tier: db-custom-2-7680, primary: southamerica-east1, backupRegions: [europe-west1, southamerica-east1]}
  saas:cache: {}
  saas:services: {landing: {}}
  saas:images: {landing: "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
  saas:audit:
    alerts: [alerts@example.com.br]
    contacts: [{email: all@example.com.br, categories: [ALL]}]
    logDays: 365
    lockLogs: true
    budget: {billingAccount: 01A2B3-C4D5E6-F70819, monthlyBrl: 1000}
  saas:backup: {retainDays: 30, lockDays: 7}
  saas:ownership: {owner: platform, costCentre: saas}
  saas:mirrors:
    nginx: &digest sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    cert-manager-cainjector: *digest
    cert-manager-controller: *digest
    cert-manager-startupapicheck: *digest
    cert-manager-webhook: *digest
  saas:certificates: {contact: platform@example.com.br}
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

// EveryApp is the services and images that deploy all apps, as JSON.
func EveryApp() (services, images string) {
	s, i := map[string]any{}, map[string]string{}
	for _, app := range spec.Apps() {
		s[app], i[app] = struct{}{}, "sha256:"+strings.Repeat("a", 64)
	}
	return encode(s), encode(i)
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of text always encode
	}
	return string(text)
}
