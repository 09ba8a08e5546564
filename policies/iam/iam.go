// Package iam holds the controls over who may act: no keys of accounts, no
// basic roles, and federation with exactly one repository and branch.
package iam

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const (
	keyType           = "gcp:serviceaccount/key:Key"
	roleType          = "gcp:projects/iAMCustomRole:IAMCustomRole"
	providerType      = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
	accountMemberType = "gcp:serviceaccount/iAMMember:IAMMember"
)

// grants are the types that give a role to members.
var grants = regexp.MustCompile(`(?i)^gcp:.*iam(Member|Binding)$`)

// wide are those that give it in a whole project, folder or organization.
var wide = regexp.MustCompile(`(?i)^gcp:(projects|folder|organizations)/iam(Member|Binding):`)

// Controls are the area's controls.
var Controls = []control.Control{
	{
		ID: "iam-no-account-keys", Title: "Accounts have no keys", Source: "CIS GCP 5.0 1.4, CKV2_GCP_3",
		Remedy: "act as the account by Workload Identity or by federation", Types: []string{keyType},
		Judge: func(property.Map) []control.Finding {
			return []control.Finding{{Property: "serviceAccountId", Fault: "gets a key that lasts until someone remembers it"}}
		},
	},
	{
		ID: "iam-no-basic-roles", Title: "No grant is of a basic role", Source: "CIS GCP 5.0 1.5, CKV_GCP_49, CKV_GCP_117",
		Remedy: "grant the roles that the work takes", Judges: grants.MatchString, Judge: noBasicRole,
	},
	{
		ID: "iam-no-admin-accounts", Title: "No account of a machine has an administrator's role", Source: "CIS GCP 5.0 1.5, CKV_GCP_117",
		Remedy: "grant the roles that the work takes, or a role of our own", Judges: grants.MatchString, Judge: noAdminAccount,
	},
	{
		ID: "iam-no-project-impersonation", Title: "Nobody may act as every account of a project", Source: "CIS GCP 5.0 1.6, CKV_GCP_41, CKV_GCP_42",
		Remedy: "grant it on the one account, with a serviceaccount.IAMMember", Judges: wide.MatchString, Judge: noImpersonation,
	},
	{
		ID: "iam-no-escalating-role", Title: "No role of ours lets its holder become someone else", Source: "own: least privilege",
		Remedy: "leave the permission out, and let a person with an account of their own do it", Types: []string{roleType}, Judge: noEscalation,
	},
	{
		ID: "iam-federation-exact", Title: "GitHub's jobs are trusted from one repository and one branch", Source: "CKV_GCP_118, CKV_GCP_125",
		Remedy: "compare repository_owner_id, repository_id and ref, or base_ref of a pull_request, with ==, joined by &&", Types: []string{providerType}, Judge: exactFederation,
	},
	{
		ID: "iam-federation-one-subject", Title: "One subject acts as an account, not a set of them", Source: "CKV_GCP_125",
		Remedy: "name it: principal://…/subject/…", Types: []string{accountMemberType}, Judge: oneSubject,
	},
}

func role(m property.Map) string { return control.String(m, "role") }

func noBasicRole(m property.Map) []control.Finding {
	if slices.Contains([]string{"roles/owner", "roles/editor", "roles/viewer", "roles/browser"}, role(m)) {
		return []control.Finding{{Property: "role", Fault: fmt.Sprintf("is %q", role(m))}}
	}
	return nil
}

func noAdminAccount(m property.Map) []control.Finding {
	if !strings.HasSuffix(strings.ToLower(role(m)), "admin") {
		return nil
	}
	members := []property.Value{m.Get("member")}
	if all := m.Get("members"); all.IsArray() {
		members = append(members, all.AsArray().AsSlice()...)
	}
	for _, member := range members {
		if member.IsString() && strings.HasPrefix(member.AsString(), "serviceAccount:") {
			return []control.Finding{{Property: "role", Fault: fmt.Sprintf("is %q, for %s", role(m), member.AsString())}}
		}
	}
	return nil
}

func noImpersonation(m property.Map) []control.Finding {
	if slices.Contains([]string{"roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.workloadIdentityUser"}, role(m)) {
		return []control.Finding{{Property: "role", Fault: fmt.Sprintf("is %q, for every account there is", role(m))}}
	}
	return nil
}

// escalating begin the permissions by which a holder becomes someone else, or
// changes what they may do.
var escalating = []string{
	"iam.serviceAccountKeys.create", "iam.serviceAccounts.actAs", "iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken",
	"iam.serviceAccounts.setIamPolicy", "iam.serviceAccounts.implicitDelegation", "iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt",
	"iam.roles.create", "iam.roles.update", "iam.roles.undelete", "iam.workloadIdentityPools.create", "iam.workloadIdentityPools.update",
	"iam.workloadIdentityPoolProviders.create", "iam.workloadIdentityPoolProviders.update",
	"resourcemanager.folders.setIamPolicy", "resourcemanager.organizations.setIamPolicy", "orgpolicy.",
}

func noEscalation(m property.Map) []control.Finding {
	permissions := m.Get("permissions")
	if !permissions.IsArray() {
		return nil
	}
	var findings []control.Finding
	for _, permission := range permissions.AsArray().AsSlice() {
		if permission.IsString() && slices.ContainsFunc(escalating, func(p string) bool { return strings.HasPrefix(permission.AsString(), p) }) {
			findings = append(findings, control.Finding{Property: "permissions", Fault: "holds " + permission.AsString()})
		}
	}
	return findings
}

func oneSubject(m property.Map) []control.Finding {
	if member := control.String(m, "member"); strings.HasPrefix(member, "principalSet:") || strings.HasPrefix(member, "all") {
		return []control.Finding{{Property: "member", Fault: fmt.Sprintf("is %q", member)}}
	}
	return nil
}
