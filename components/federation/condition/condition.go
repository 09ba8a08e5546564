// Package condition writes the conditions, in Google's Common Expression
// Language, under which the tokens of GitHub's jobs are taken and CI may give
// roles. It is plain Go, without Pulumi.
package condition

import (
	"fmt"
	"strings"
)

// Issuer signs the tokens of GitHub's jobs.
// https://docs.github.com/en/actions/reference/security/oidc
const Issuer = "https://token.actions.githubusercontent.com"

// Repository is where trusted jobs run. Values hold no quote: see
// [Repository.Validate].
type Repository struct {
	OwnerID, ID string // numbers, which are never given twice
	Name        string // owner/name
	Branch      string // short: main
	Environment string // GitHub's, of the job that applies
}

// Validate refuses what would say something else inside a condition.
func (r Repository) Validate() error {
	for what, value := range map[string]string{
		"OwnerID": r.OwnerID, "ID": r.ID, "Name": r.Name, "Branch": r.Branch, "Environment": r.Environment,
	} {
		if value == "" || strings.ContainsAny(value, "'\"\\\n*") {
			return fmt.Errorf("repository %s %q is empty, or holds a quote, a backslash or a wildcard", what, value)
		}
	}
	return nil
}

// Mapping is what Google keeps of a token, for grants and audit logs.
func Mapping() map[string]string {
	return map[string]string{
		"google.subject":                "assertion.sub",
		"attribute.repository_id":       "assertion.repository_id",
		"attribute.repository_owner_id": "assertion.repository_owner_id",
		"attribute.ref":                 "assertion.ref",
		"attribute.environment":         "assertion.environment",
		"attribute.actor":               "assertion.actor",
	}
}

// BareMapping is Mapping for jobs that run in no environment: their tokens do
// not have that claim, and a mapping from nothing refuses the token.
func BareMapping() map[string]string {
	mapping := Mapping()
	delete(mapping, "attribute.environment")
	return mapping
}

// PlanSubject is the subject of a job for a pull request. A job for a pull
// request that names an environment has another, and is not trusted.
func (r Repository) PlanSubject() string { return "repo:" + r.Name + ":pull_request" }

// BuildSubject is the subject of a job on the branch, in no environment.
func (r Repository) BuildSubject() string { return "repo:" + r.Name + ":ref:refs/heads/" + r.Branch }

// ApplySubject is the subject of a job in the environment.
func (r Repository) ApplySubject() string { return "repo:" + r.Name + ":environment:" + r.Environment }

// Plan trusts jobs for pull requests into the branch. GitHub gives jobs for
// pull requests from forks no token.
func (r Repository) Plan() string {
	return all(r.same(),
		is("sub", r.PlanSubject()), is("event_name", "pull_request"), is("base_ref", r.Branch))
}

// Build trusts jobs that run on the branch itself, after the review that
// brought the commit there.
func (r Repository) Build() string {
	return all(r.same(),
		is("sub", r.BuildSubject()), is("ref", "refs/heads/"+r.Branch), is("ref_type", "branch"))
}

// Apply trusts jobs that run on the branch itself, in the environment, whose
// reviewers GitHub asks first.
func (r Repository) Apply() string {
	return all(r.same(),
		is("sub", r.ApplySubject()), is("ref", "refs/heads/"+r.Branch), is("ref_type", "branch"), is("environment", r.Environment))
}

func (r Repository) same() string {
	return all(is("repository_owner_id", r.OwnerID), is("repository_id", r.ID))
}

// OnlyRoles holds while a change of grants touches none but these roles.
// https://cloud.google.com/iam/docs/setting-limits-on-granting-roles
func OnlyRoles(roles []string) string {
	return fmt.Sprintf("api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['%s'])", strings.Join(roles, "', '"))
}

// Under holds for the objects of a bucket whose names begin with a prefix.
// https://cloud.google.com/storage/docs/access-control/iam#conditions
func Under(bucket, prefix string) string {
	return fmt.Sprintf("resource.name.startsWith('projects/_/buckets/%s/objects/%s')", bucket, prefix)
}

func is(claim, value string) string { return fmt.Sprintf("assertion.%s == '%s'", claim, value) }

func all(terms ...string) string { return strings.Join(terms, " && ") }
