package permission_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/components/federation/permission"
)

func TestEveryRowNamesItsSourceAndItsPermissions(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]+\.[a-zA-Z]+\.[a-zA-Z]+$`)
	for typ, row := range permission.Table {
		if !strings.HasPrefix(row.Source, "https://cloud.google.com/") || len(row.Read) == 0 {
			t.Errorf("%s: source %q, read %v", typ, row.Source, row.Read)
		}
		if row.ByPerson == (len(row.Write) > 0) {
			t.Errorf("%s: changed by a person %v, and written by CI with %v", typ, row.ByPerson, row.Write)
		}
		for _, p := range slices.Concat(row.Read, row.Write) {
			if !form.MatchString(p) {
				t.Errorf("%s: %q is not a permission", typ, p)
			}
		}
	}
}

func TestPlanningChangesNothing(t *testing.T) {
	t.Parallel()
	looks := regexp.MustCompile(`\.(get|list|listServerCas|getIamPolicy|viewPublicKey)$`)
	for _, p := range permission.Plan() {
		if !looks.MatchString(p) {
			t.Errorf("a plan may %s", p)
		}
	}
	if secrets := "secretmanager.versions.access"; slices.Contains(permission.Plan(), secrets) {
		t.Errorf("a plan may %s", secrets)
	}
}

func TestApplyingDoesNotWidenWhatCIMayDo(t *testing.T) {
	t.Parallel()
	apply := permission.Apply()
	for _, p := range permission.Plan() {
		if !slices.Contains(apply, p) {
			t.Errorf("who applies cannot %s, and who plans can", p)
		}
	}
	for _, p := range []string{
		"iam.roles.update", "iam.roles.create", "iam.workloadIdentityPoolProviders.update", "iam.workloadIdentityPools.create",
		"resourcemanager.projects.setIamPolicy", "iam.serviceAccounts.setIamPolicy", "iam.serviceAccountKeys.create", "iam.serviceAccounts.actAs", "iam.serviceAccounts.getAccessToken",
		"cloudkms.cryptoKeyVersions.destroy", "cloudkms.cryptoKeyVersions.useToDecrypt", "cloudkms.cryptoKeyVersions.useToSign",
	} {
		if slices.Contains(apply, p) {
			t.Errorf("who applies may %s", p)
		}
	}
	if !slices.IsSorted(apply) || len(apply) > 3000 {
		t.Errorf("the role has %d permissions, in no order or more than IAM takes", len(apply))
	}
}
