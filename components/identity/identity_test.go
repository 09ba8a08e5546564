package identity_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/identity"
)

var project = pulumi.String("p")

// ASVS: v5.0.0-13.2.2.
func TestAnAccountReachesNoMoreThanItsPrefix(t *testing.T) {
	t.Parallel()
	objects := func(prefix string) []identity.Objects {
		return []identity.Objects{{Name: "media", Bucket: project, Prefix: prefix, Role: "roles/storage.objectUser"}}
	}
	for name, row := range map[string]struct {
		objects []identity.Objects
		id      string
		want    string
	}{
		"a whole bucket":             {objects(""), "recycling-prod", "a prefix that ends with a slash"},
		"names that begin alike":     {objects("media"), "recycling-prod", "a prefix that ends with a slash"},
		"a prefix that is condition": {objects("a' || true || '/"), "recycling-prod", "a prefix that ends with a slash"},
		"nothing":                    {nil, "recycling-prod", "needs no account"},
		"a name that IAM refuses":    {objects("media/"), "r", "IAM wants 6 to 30 characters"},
	} {
		_, err := identity.New(nil, "x", &identity.Args{
			Project: project, Pool: project, AccountID: row.id, Namespace: "prod", Workload: "recycling", Objects: row.objects,
		})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, row.want)
		}
	}
}
