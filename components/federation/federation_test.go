package federation_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation"
	"github.com/avila-devops/saas/components/federation/condition"
)

var (
	project    = pulumi.String("p")
	repository = condition.Repository{OwnerID: "1", ID: "2", Name: "a/b", Branch: "main", Environment: "prod"}
)

func TestWhatCannotBeTrustedRegistersNothing(t *testing.T) {
	t.Parallel()
	valid := federation.Args{
		IAM: project, Project: project, ProjectID: "p", Number: "1", Stack: "prod",
		Plan: "ci-plan-prod", Build: "ci-build-prod", Apply: "ci-apply-prod", Repository: repository,
	}
	for want, change := range map[string]func(*federation.Args){
		"IAM wants 6 to 30 characters":  func(a *federation.Args) { a.Build = "ci" },
		"holds a quote":                 func(a *federation.Args) { a.Repository.Branch = "ma*n" },
		"Number and Stack are required": func(a *federation.Args) { a.Number = "" },
	} {
		args := valid
		change(&args)
		if _, err := federation.New(nil, "github", &args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}
