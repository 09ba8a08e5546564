package iam_test

import (
	"testing"

	"github.com/avila-devops/saas/components/federation/condition"
	"github.com/avila-devops/saas/policies/control/controltest"
	"github.com/avila-devops/saas/policies/iam"
)

const (
	grantType    = "gcp:projects/iAMMember:IAMMember"
	bucketType   = "gcp:storage/bucketIAMMember:BucketIAMMember"
	roleType     = "gcp:projects/iAMCustomRole:IAMCustomRole"
	keyType      = "gcp:serviceaccount/key:Key"
	providerType = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
	accountType  = "gcp:serviceaccount/iAMMember:IAMMember"
)

var change = controltest.Change

func TestControlsCatch(t *testing.T) {
	t.Parallel()
	repository := condition.Repository{OwnerID: "1", ID: "2", Name: "a/b", Branch: "main", Environment: "prod"}
	const same = "assertion.repository_owner_id == '1' && assertion.repository_id == '2'"
	controltest.Prove(t, iam.Controls, map[string]string{
		grantType:    `{"role":"roles/gkehub.viewer","member":"group:a@example.com"}`,
		bucketType:   `{"role":"roles/storage.objectUser","member":"serviceAccount:a@p.iam.gserviceaccount.com"}`,
		roleType:     `{"permissions":["compute.networks.get"]}`,
		providerType: `{"oidc":{"issuerUri":"https://token.actions.githubusercontent.com"},"attributeCondition":"` + repository.Apply() + `"}`,
		accountType:  `{"role":"roles/iam.workloadIdentityUser","member":"principal://iam.googleapis.com/x/subject/y"}`,
	}, map[string]controltest.Row{
		"a key":                                    change(keyType, "serviceAccountId", "a", "iam-no-account-keys", "gets a key"),
		"an owner":                                 change(grantType, "role", "roles/owner", "iam-no-basic-roles", `is "roles/owner"`),
		"an editor of a bucket":                    change(bucketType, "role", "roles/editor", "iam-no-basic-roles", "roles/editor"),
		"a machine that administers":               change(bucketType, "role", "roles/storage.admin", "iam-no-admin-accounts", "for serviceAccount:a@p"),
		"a group that administers":                 change(grantType, "role", "roles/storage.admin", "", ""),
		"a member that is not known":               change(bucketType, "member", controltest.Unknown, "", ""),
		"every account's user":                     change(grantType, "role", "roles/iam.serviceAccountUser", "iam-no-project-impersonation", "for every account"),
		"every account's tokens":                   change(grantType, "role", "roles/iam.serviceAccountTokenCreator", "iam-no-project-impersonation", "for every account"),
		"a role that makes keys":                   change(roleType, "permissions", []any{"iam.serviceAccountKeys.create"}, "iam-no-escalating-role", "holds iam.serviceAccountKeys.create"),
		"a role that says who acts as whom":        change(roleType, "permissions", []any{"iam.serviceAccounts.setIamPolicy"}, "iam-no-escalating-role", "holds iam.serviceAccounts.setIamPolicy"),
		"a role that changes roles":                change(roleType, "permissions", []any{"iam.roles.update"}, "iam-no-escalating-role", "holds iam.roles.update"),
		"a role that widens trust":                 change(roleType, "permissions", []any{"iam.workloadIdentityPoolProviders.update"}, "iam-no-escalating-role", "Providers.update"),
		"pull requests into one branch":            change(providerType, "attributeCondition", repository.Plan(), "", ""),
		"a branch without an environment":          change(providerType, "attributeCondition", repository.Build(), "", ""),
		"every repository":                         change(providerType, "attributeCondition", nil, "iam-federation-exact", "every repository is trusted"),
		"a repository by its name":                 change(providerType, "attributeCondition", "assertion.repository == 'a/b'", "iam-federation-exact", `compares repository_owner_id with ""`),
		"every branch":                             change(providerType, "attributeCondition", same+" && assertion.sub == 'repo:a/b:environment:prod'", "iam-federation-exact", "names neither one branch"),
		"one or another":                           change(providerType, "attributeCondition", same+" || assertion.ref == 'refs/heads/main'", "iam-federation-exact", "which is not a comparison"),
		"branches that begin alike":                change(providerType, "attributeCondition", same+" && assertion.ref.startsWith('refs/heads/')", "iam-federation-exact", "which is not a comparison"),
		"a pull request that names an environment": change(providerType, "attributeCondition", same+" && assertion.sub == 'repo:a/b:environment:prod' && assertion.event_name == 'pull_request' && assertion.base_ref == 'main'", "iam-federation-exact", "names neither one branch"),
		"someone else's tokens":                    change(providerType, "oidc.issuerUri", "https://example.com", "iam-federation-exact", "whom no one here trusts"),
		"a condition that is not known":            change(providerType, "attributeCondition", controltest.Unknown, "", ""),
		"a set of subjects":                        change(accountType, "member", "principalSet://iam.googleapis.com/x/*", "iam-federation-one-subject", "principalSet"),
	})
}
