package stacks_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// secretInputs are where credentials may stand: marked, so that the engine
// encrypts them in its state and shows them to nobody.
var secretInputs = map[string]resource.PropertyKey{
	"kubernetes:core/v1:Secret":                     "data",
	"gcp:secretmanager/secretVersion:SecretVersion": "secretData",
	"gcp:sql/user:User":                             "password",

	"gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey": "keyValue",
}

// ASVS: v5.0.0-13.2.3, v5.0.0-13.3.1.
// ASVS: v5.0.0-13.3.2.
func TestCredentialsStandWhereTheyAreMarkedAndNowhereElse(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		judged := map[string]int{}
		for _, r := range resources {
			place, holds := secretInputs[r.typ]
			if holds {
				judged[r.typ]++
				if value := r.inputs[place]; !value.IsSecret() {
					t.Errorf("%s %s: %s is not marked secret", r.typ, r.name, place)
				}
			}
			for key, value := range r.inputs {
				if key == place && holds || strings.HasPrefix(string(key), "__") {
					continue
				}
				if text := value.String(); strings.Contains(text, "not-a-password") || strings.Contains(text, "not-a-token") || strings.Contains(text, "privateKey") {
					t.Errorf("%s %s: %s holds a credential", r.typ, r.name, key)
				}
			}
		}
		if len(judged) != len(secretInputs) {
			t.Errorf("judged %v: the program has no credential of some type", judged)
		}
	})
}

// ASVS: v5.0.0-13.3.1.
func TestNoContainerTakesACredentialFromItsEnvironment(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		var judged int
		for _, r := range resources {
			if !strings.HasPrefix(r.typ, "kubernetes:apps/") && !strings.HasPrefix(r.typ, "kubernetes:batch/") {
				continue
			}
			judged++
			if text := resource.NewProperty(r.inputs).String(); strings.Contains(text, "secretKeyRef") || strings.Contains(text, "secretRef") {
				t.Errorf("%s %s reads a Secret into its environment: mount it", r.typ, r.name)
			}
		}
		if judged == 0 {
			t.Error("no workload was judged")
		}
	})
}
