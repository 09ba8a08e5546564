package condition_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/gcp/condition"
)

func TestConditionsOfGooglesOwnExamplesAreTaken(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		`resource.name.startsWith("projects/_/buckets/media/objects/media/tenant_a/")`,
		`resource.type == "storage.googleapis.com/Object" && resource.name.endsWith('.png')`,
		`request.time < timestamp("2027-01-01T00:00:00Z")`,
		`request.time.getHours("America/Sao_Paulo") >= 9 && !(request.time.getDayOfWeek("America/Sao_Paulo") in [0, 6])`,
		`resource.name.extract("buckets/{bucket}/") == "media" || resource.matchTag("1234/env", "prod")`,
		`api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer'])`,
		`request.time - timestamp("2026-01-01T00:00:00Z") > duration("60s")`,
		`"accessPolicies/1/accessLevels/a" in request.auth.access_levels`,
		`destination.port == 443 && resource.labels["env"] == "a\"b"`,
		`true`,
	} {
		if err := condition.Check(expression); err != nil {
			t.Errorf("%s is refused: %v", expression, err)
		}
	}
}

func TestWhatIsNoConditionIsRefusedWithItsFault(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"":                                    "it is empty",
		`resource.name.startsWith("a"`:        `"the end" stands where "," is wanted`,
		`resource.name.startsWith("a)`:        "is not closed",
		`resource.name = "a"`:                 `"=" means nothing here`,
		`resource.name == `:                   `"the end" stands where a value is wanted`,
		`resource.name == "a" &&`:             "stands where a value is wanted",
		`resource.name == "a" resource`:       `"resource" follows where the expression is complete`,
		`resource.name.beginsWith("a")`:       "no function is called beginsWith",
		`tenant == "a"`:                       "tenant is not known here: a condition is about one of api, destination",
		`startsWith("a")`:                     "startsWith is no function by itself",
		`"a" == "a"`:                          "it speaks of nothing",
		`resource."name"`:                     "stands where a name is wanted",
		`(resource.name == "a"`:               `"the end" stands where ")" is wanted`,
		`resource.labels["a" == "b"`:          `stands where "]" is wanted`,
		`resource.name in ["a" "b"]`:          `stands where "," is wanted`,
		strings.Repeat("!", 13) + "true":      "it has 13 logical operators: at most 12 are allowed",
		strings.Repeat("(", 40) + "true":      "it nests more than 32 deep",
		`resource.name == "a" ? true : false`: `"?" means nothing here`,
		"resource.name\x00 == 'a'":            "means nothing here",
	} {
		if err := condition.Check(expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: the error is %v; want one with %q", expression, err, want)
		}
	}
}

func FuzzNoExpressionPanics(f *testing.F) {
	f.Add(`resource.name.startsWith("a") && !(request.time < timestamp('b'))`)
	f.Add(`[[[`)
	f.Add(`a."`)
	f.Fuzz(func(_ *testing.T, expression string) { _ = condition.Check(expression) })
}
