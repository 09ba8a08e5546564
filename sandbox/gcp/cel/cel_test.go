package cel_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/gcp/cel"
)

func TestWellFormedExpressionsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]cel.Expression{
		"true": {Truth: true},
		"assertion.ref == 'refs/heads/main' && assertion.id in ['1', '2']": {Truth: true, Logical: 1, Paths: []string{"assertion.ref", "assertion.id"}},
		"!(a || b.c)": {Truth: true, Logical: 2, Paths: []string{"a", "b.c"}},
		"api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/x'])": {Truth: true, Paths: []string{"api"}, Calls: []string{"getAttribute", "hasOnly"}},
		"resource.name.startsWith('projects/_/buckets/b/objects/it\\'s/')":                     {Truth: true, Paths: []string{"resource.name"}, Calls: []string{"startsWith"}},
		"request.time < timestamp('2026-01-01T00:00:00Z')":                                     {Truth: true, Paths: []string{"request.time"}, Calls: []string{"timestamp"}},
		"assertion.sub + \"x\"":                            {Paths: []string{"assertion.sub"}},
		"assertion['sub'] == -1 ? true : size(list) > 2.5": {Truth: true, Paths: []string{"assertion", "list"}, Calls: []string{"size"}},
		"'text'": {},
	} {
		got, err := cel.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got.Truth != want.Truth || got.Logical != want.Logical || !slices.Equal(got.Paths, want.Paths) || !slices.Equal(got.Calls, want.Calls) {
			t.Errorf("%s is %+v, want %+v", text, *got, want)
		}
	}
}

func TestMalformedExpressionsAreRefusedAtTheirPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "it ends where a value is expected",
		"a ==":                          "it ends where a value is expected",
		"a = b":                         `at character 3: "=" means nothing`,
		"a == 'main":                    "at character 6: the text is not closed",
		"a == 'm' and b":                `at character 10: "and" where the end is expected`,
		"(a":                            "it ends where ) is expected",
		"a.":                            "it ends where a name is expected",
		"a.'b'":                         "where a name is expected",
		"f(a,":                          "it ends where a value is expected",
		"[a":                            "it ends where ] is expected",
		"a ? b":                         "it ends where : is expected",
		"a && 'b'":                      "&& joins what is neither true nor false",
		"!'a'":                          "! stands before what is neither true nor false",
		"a in":                          "it ends where a value is expected",
		"in a":                          `at character 1: "in" where a value is expected`,
		strings.Repeat("(", 100) + "a":  "it nests deeper than 32",
		"a == 'x' || b == 'y' c":        `"c" where the end is expected`,
		"a # b":                         `"#" means nothing`,
		"assertion.ref == `refs/heads`": "means nothing",
	} {
		if got, err := cel.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %+v, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add("a.b('c')[0] ? !d : -1 in [x, \"y\"]")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := cel.Parse(text)
		if (got == nil) == (err == nil) {
			t.Fatalf("%q: %v with %v", text, got, err)
		}
	})
}
