package spec_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// everyApp is a configuration that deploys all five apps.
func everyApp(t *testing.T) *spec.Environment {
	t.Helper()
	services, images := spectest.EveryApp()
	env, err := spec.Load(spectest.With(t, "saas:services", services, "saas:images", images))
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestOnlyWorkloadsThatNeedGoogleCloudHaveAnAccount(t *testing.T) {
	t.Parallel()
	env := everyApp(t)
	var names []string
	for _, identity := range env.Identities() {
		names = append(names, identity.Workload)
		for _, grant := range identity.Grants {
			if grant.On == spec.MediaBucket && !strings.HasSuffix(grant.Prefix, "/") {
				t.Errorf("%s is let to objects of prefix %q, which other names begin with too", identity.Workload, grant.Prefix)
			}
			if role := grant.Role; strings.HasSuffix(strings.ToLower(role), "admin") || role == "roles/editor" || role == "roles/owner" || role == "roles/viewer" {
				t.Errorf("%s has %s", identity.Workload, role)
			}
		}
	}
	if got := strings.Join(names, " "); got != "admin recycling" {
		t.Errorf("accounts are for %q; want admin recycling: the others need nothing of Google Cloud", got)
	}
}

func TestNoTwoWorkloadsShareAPrefix(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for _, identity := range everyApp(t).Identities() {
		for _, grant := range identity.Grants {
			for prefix, other := range owner {
				if strings.HasPrefix(prefix, grant.Prefix) || strings.HasPrefix(grant.Prefix, prefix) {
					t.Errorf("%s and %s reach the same objects: %s, %s", identity.Workload, other, grant.Prefix, prefix)
				}
			}
			owner[grant.Prefix] = identity.Workload
		}
	}
	if len(owner) == 0 {
		t.Error("no grant was judged")
	}
}

func TestAccountNamesFitIAM(t *testing.T) {
	t.Parallel()
	env := &spec.Environment{Name: "fifteen-letters"}
	for _, app := range append(spec.Apps(), "ci-apply", "cert-manager") {
		if id := env.AccountID(app); len(id) < 6 || len(id) > 30 {
			t.Errorf("account %s has %d characters; IAM wants 6 to 30", id, len(id))
		}
	}
}

func TestAnImageOfOthersIsPulledFromItsMirrorByDigest(t *testing.T) {
	t.Parallel()
	env := everyApp(t)
	got := env.Mirrored(spec.MirroredImage{Host: "quay.io", Path: "jetstack/cert-manager-controller", Digest: "sha256:" + strings.Repeat("b", 64)})
	if want := "southamerica-east1-docker.pkg.dev/example-test/mirror-quay/jetstack/cert-manager-controller@sha256:" + strings.Repeat("b", 64); got != want {
		t.Errorf("the reference is %s, want %s", got, want)
	}
	for _, reference := range env.Admitted() {
		if !strings.Contains(reference, "@sha256:") || strings.Contains(reference, "*") {
			t.Errorf("%s admits more than one image", reference)
		}
	}
}
