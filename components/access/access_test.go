package access_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/access"
)

var project = pulumi.String("p")

func TestMembersHaveAKnownLevelAndANameOfTheirOwn(t *testing.T) {
	t.Parallel()
	reader := access.Member{Name: "a", Member: project, Level: access.Reader}
	for want, members := range map[string][]access.Member{
		`member "a" with level "owner"`:     {{Name: "a", Member: project, Level: "owner"}},
		`member "a" with level "reader"`:    {reader, reader},
		`member "" with level "admin"`:      {{Member: project, Level: access.Admin}},
		"Members and Clusters are required": nil,
	} {
		_, err := access.New(nil, "x", &access.Args{Project: project, Members: members, Clusters: map[string]pulumi.ProviderResource{"a": nil}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}
