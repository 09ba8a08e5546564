package registry_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/control/controltest"
	"github.com/avila-devops/saas/policies/registry"
)

const (
	repositoryType = "gcp:artifactregistry/repository:Repository"
	memberType     = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
	policyType     = "gcp:binaryauthorization/policy:Policy"
)

var change = controltest.Change

func TestControlsCatch(t *testing.T) {
	t.Parallel()
	pattern := func(name string) []any { return []any{map[string]any{"namePattern": name}} }
	digest := "@sha256:" + strings.Repeat("0", 64)
	controltest.Prove(t, registry.Controls, map[string]string{
		repositoryType: `{"format":"DOCKER","mode":"STANDARD_REPOSITORY","kmsKeyName":"k","dockerConfig":{"immutableTags":true}}`,
		memberType:     `{"member":"group:a@example.com"}`,
		policyType: `{"defaultAdmissionRule":{"evaluationMode":"REQUIRE_ATTESTATION","enforcementMode":"ENFORCED_BLOCK_AND_AUDIT_LOG"},
			"admissionWhitelistPatterns":[{"namePattern":"southamerica-east1-docker.pkg.dev/p/mirror-quay/a/b` + digest + `"}]}`,
	}, map[string]controltest.Row{
		"images in Google's key":        change(repositoryType, "kmsKeyName", nil, "registry-customer-key", "is not set"),
		"tags that move":                change(repositoryType, "dockerConfig.immutableTags", false, "registry-immutable-tags", "is false"),
		"tags of which nothing is said": change(repositoryType, "dockerConfig", nil, "registry-immutable-tags", "is not set"),
		"a mirror":                      change(repositoryType, "mode", "REMOTE_REPOSITORY", "", ""),
		"images for everybody":          change(memberType, "member", "allUsers", "registry-not-public", "is allUsers"),
		"everything runs":               change(policyType, "defaultAdmissionRule.evaluationMode", "ALWAYS_ALLOW", "admission-attested", "ALWAYS_ALLOW"),
		"everything runs, with a log":   change(policyType, "defaultAdmissionRule.enforcementMode", "DRYRUN_AUDIT_LOG_ONLY", "admission-attested", "DRYRUN"),
		"one cluster runs everything":   change(policyType, "clusterAdmissionRules", []any{map[string]any{"cluster": "a.b"}}, "admission-attested", "excepts a cluster"),
		"a whole mirror":                change(policyType, "admissionWhitelistPatterns", pattern("southamerica-east1-docker.pkg.dev/p/mirror-quay/*"), "admission-by-digest", "mirror-quay/*"),
		"an image by its tag":           change(policyType, "admissionWhitelistPatterns", pattern("southamerica-east1-docker.pkg.dev/p/mirror-quay/a:v1"), "admission-by-digest", "a:v1"),
		"someone else's registry":       change(policyType, "admissionWhitelistPatterns", pattern("quay.io/a/b"+digest), "admission-by-digest", "quay.io"),
	})
}

// ASVS: v5.0.0-15.2.1.
func TestARepositoryWithoutScanningIsNoticed(t *testing.T) {
	t.Parallel()
	repository := control.Resource{Type: repositoryType, URN: "r", Properties: controltest.Parse(t, `{}`)}
	api := func(name string) control.Resource {
		return control.Resource{Type: "gcp:projects/service:Service", Properties: controltest.Parse(t, `{"service":"`+name+`.googleapis.com"}`)}
	}
	if faults := registry.StackControls[0].Judge(control.Stack{repository, api("compute")}); len(faults) != 1 || faults[0].URN != "r" {
		t.Errorf("without scanning: %v", faults)
	}
	if faults := registry.StackControls[0].Judge(control.Stack{repository, api("containerscanning")}); len(faults) > 0 {
		t.Errorf("with scanning: %v", faults)
	}
}
