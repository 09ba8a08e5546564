package registry_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/registry"
)

var project = pulumi.String("p")

func TestAMirrorIsARepositoryOfItsOwnWithTLS(t *testing.T) {
	t.Parallel()
	for name, mirror := range map[string]registry.Mirror{
		"without TLS":        {ID: "m", Host: "h", URI: "http://h"},
		"in our own's place": {ID: "apps", Host: "h"},
		"of nothing":         {ID: "m"},
		"without a name":     {Host: "h"},
	} {
		_, err := registry.New(nil, "x", &registry.Args{Project: project, Key: project, Region: "r", ID: "apps", Mirrors: []registry.Mirror{mirror}})
		if err == nil || !strings.Contains(err.Error(), "give it an id of its own, a host, and an https address") {
			t.Errorf("a mirror %s: %v", name, err)
		}
	}
}
