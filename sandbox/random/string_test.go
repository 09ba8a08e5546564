package random_test

import (
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/random"
)

const stringType = "random:index/randomString:RandomString"

func TestAStringMayBeSeenAndIsNamedByItself(t *testing.T) {
	t.Parallel()
	inputs := resource.NewPropertyMapFromMap(map[string]any{"length": 6, "upper": false, "special": false})
	seen := map[string]bool{}
	for range 5 {
		made, err := random.New().Create(t.Context(), plugin.CreateRequest{URN: urn(stringType), Properties: inputs})
		if err != nil {
			t.Fatal(err)
		}
		result := made.Properties["result"]
		if !result.IsString() || !regexp.MustCompile(`^[a-z0-9]{6}$`).MatchString(result.StringValue()) || string(made.ID) != result.StringValue() {
			t.Errorf("the string is %v with id %s", result, made.ID)
		}
		if _, hashed := made.Properties["bcryptHash"]; hashed {
			t.Error("a string has a hash")
		}
		seen[result.StringValue()] = true
	}
	if len(seen) < 5 {
		t.Errorf("five strings are %v", seen)
	}
	planned, err := random.New().Create(t.Context(), plugin.CreateRequest{URN: urn(stringType), Properties: inputs, Preview: true})
	if err != nil || !planned.Properties["result"].IsComputed() {
		t.Errorf("a preview knows the string: %v, %v", planned.Properties["result"], err)
	}
}
