package stacks_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
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
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		judged := map[string]int{}
		for _, r := range resources {
			place, holds := secretInputs[r.Type]
			if holds {
				judged[r.Type]++
				if value := r.Inputs[place]; !value.IsSecret() {
					t.Errorf("%s %s: %s is not marked secret", r.Type, r.Name, place)
				}
			}
			for key, value := range r.Inputs {
				if key == place && holds || strings.HasPrefix(string(key), "__") {
					continue
				}
				if strings.Contains(value.String(), graph.Secret) {
					t.Errorf("%s %s: %s holds a credential", r.Type, r.Name, key)
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
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		var judged int
		for _, r := range resources {
			if !strings.HasPrefix(r.Type, "kubernetes:apps/") && !strings.HasPrefix(r.Type, "kubernetes:batch/") {
				continue
			}
			judged++
			if text := resource.NewProperty(r.Inputs).String(); strings.Contains(text, "secretKeyRef") || strings.Contains(text, "secretRef") {
				t.Errorf("%s %s reads a Secret into its environment: mount it", r.Type, r.Name)
			}
		}
		if judged == 0 {
			t.Error("no workload was judged")
		}
	})
}
