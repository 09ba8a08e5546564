package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

func TestTheCatalogueIsWhatThePinnedSDKSays(t *testing.T) {
	t.Parallel()
	sdk, err := findSDK()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := generate(sdk)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) == 0 {
		t.Fatal("nothing was generated")
	}
	for name, want := range entries {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./sandbox/gcp/catalog", name)
		}
	}
	files, err := filepath.Glob("../types/*.json")
	if err != nil || len(files) != len(entries) {
		t.Errorf("%d entries lie in types, %d are generated (%v): run go generate ./sandbox/gcp/catalog", len(files), len(entries), err)
	}
}

func TestTokensAreSortedAndEachIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(tokens) {
		t.Error("tokens are not in order")
	}
	if got := catalog.Tokens(); !slices.Equal(got, tokens) {
		t.Errorf("the catalogue holds %v", got)
	}
}

func TestOnlyWhatACommentSaysBeyondDoubtIsRead(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		kind    catalog.Kind
		comment string
		value   any
		values  []string
	}{
		"a default of Google's generator":   {catalog.String, "The type.\nDefault value is `EXTERNAL`.\nPossible values are: `EXTERNAL`, `INTERNAL`.", "EXTERNAL", []string{"EXTERNAL", "INTERNAL"}},
		"a default over two lines":          {catalog.Boolean, "Whether it is so. Defaults to\n`true`.", true, nil},
		"seconds":                           {catalog.Integer, "Timeout. Defaults to 30s if not set.", 30.0, nil},
		"a plain word that is not a value":  {catalog.String, "Defaults to the default of the API.", nil, nil},
		"what the cloud does":               {catalog.String, "If unspecified, it defaults to `X`.", nil, nil},
		"two defaults":                      {catalog.Boolean, "Defaults to `true`. Defaults to `false`.", nil, nil},
		"a default of another kind":         {catalog.Boolean, "Defaults to `30s`.", nil, nil},
		"a default outside the values":      {catalog.String, "Default value is `C`. Possible values are: `A`, `B`.", nil, []string{"A", "B"}},
		"one value is an example":           {catalog.String, "Possible values are: `A`.", nil, nil},
		"values of a number":                {catalog.Integer, "Possible values are: `1`, `2`.", nil, nil},
		"possible values that are patterns": {catalog.String, "Possible values are: `a/{b}`, `c`.", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &catalog.Property{Kind: row.kind}
			document(p, row.comment)
			if p.Default != row.value || !slices.Equal(p.Values, row.values) {
				t.Errorf("got default %v and values %v, want %v and %v", p.Default, p.Values, row.value, row.values)
			}
		})
	}
}

func TestACorrectionOfWhatTheSDKDoesNotSayIsRefused(t *testing.T) {
	t.Parallel()
	const token = "gcp:storage/bucket:Bucket"
	err := correct(&catalog.Type{Token: token, Inputs: map[string]*catalog.Property{"publicAccessPrevention": {Kind: catalog.String}}})
	if err == nil || err.Error() != "the correction of publicAccessPrevention is not needed: remove it" {
		t.Errorf("got %v", err)
	}
	for token := range maps.Keys(corrections) {
		if !slices.Contains(tokens, token) {
			t.Errorf("corrections name %s, which is not among tokens", token)
		}
	}
}
