package condition_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/components/federation/condition"
)

var repository = condition.Repository{OwnerID: "12", ID: "34", Name: "avila/saas", Branch: "main", Environment: "prod"}

func TestConditionsNameOneRepositoryAndOneBranch(t *testing.T) {
	t.Parallel()
	const same = "assertion.repository_owner_id == '12' && assertion.repository_id == '34'"
	for got, want := range map[string]string{
		repository.Plan():  same + " && assertion.sub == 'repo:avila/saas:pull_request' && assertion.event_name == 'pull_request' && assertion.base_ref == 'main'",
		repository.Build(): same + " && assertion.sub == 'repo:avila/saas:ref:refs/heads/main' && assertion.ref == 'refs/heads/main' && assertion.ref_type == 'branch'",
		repository.Apply(): same + " && assertion.sub == 'repo:avila/saas:environment:prod' && assertion.ref == 'refs/heads/main' && assertion.ref_type == 'branch' && assertion.environment == 'prod'",
		condition.OnlyRoles([]string{"roles/a", "roles/b"}): "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/a', 'roles/b'])",
		condition.Under("files", "media/"):                  "resource.name.startsWith('projects/_/buckets/files/objects/media/')",
	} {
		if got != want {
			t.Errorf("the condition is\n%s\nwant\n%s", got, want)
		}
	}
}

func TestNoSubjectIsSharedBetweenKindsOfJobs(t *testing.T) {
	t.Parallel()
	subjects := map[string]bool{repository.PlanSubject(): true, repository.BuildSubject(): true, repository.ApplySubject(): true}
	if len(subjects) != 3 {
		t.Errorf("the subjects are %v", subjects)
	}
	for subject := range subjects {
		if len(subject) > 127 {
			t.Errorf("%s has %d characters; google.subject takes 127", subject, len(subject))
		}
	}
	if _, claimed := condition.BareMapping()["attribute.environment"]; claimed {
		t.Error("jobs outside an environment have no such claim, and their token would be refused")
	}
	if condition.Mapping()["google.subject"] != "assertion.sub" || condition.BareMapping()["google.subject"] != "assertion.sub" {
		t.Error("the subject is not the token's")
	}
}

func TestWhatWouldSaySomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	if err := repository.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*condition.Repository){
		"a quote":     func(r *condition.Repository) { r.Branch = "main' || true || 'a" },
		"a wildcard":  func(r *condition.Repository) { r.Name = "avila/*" },
		"a backslash": func(r *condition.Repository) { r.Environment = `prod\` },
		"no owner":    func(r *condition.Repository) { r.OwnerID = "" },
	} {
		r := repository
		change(&r)
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), "holds a quote") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
