package random_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"golang.org/x/crypto/bcrypt"

	"github.com/avila-devops/saas/sandbox/random"
)

const passwordType tokens.Type = "random:index/randomPassword:RandomPassword"

func urn(t tokens.Type) resource.URN { return resource.NewURN("test", "saas", "", t, "secret") }

// valid are inputs that make a password; change one at a time.
func valid(changes map[string]any) resource.PropertyMap {
	inputs := map[string]any{"length": 24, "keepers": map[string]any{"generation": "1"}}
	for key, value := range changes {
		inputs[key] = value
	}
	return resource.NewPropertyMapFromMap(inputs)
}

func create(t *testing.T, inputs resource.PropertyMap) (plugin.CreateResponse, string) {
	t.Helper()
	made, err := random.New().Create(t.Context(), plugin.CreateRequest{URN: urn(passwordType), Properties: inputs})
	if err != nil {
		t.Fatal(err)
	}
	if !made.Properties["result"].IsSecret() {
		t.Fatal("the result is not secret")
	}
	return made, made.Properties["result"].SecretValue().Element.StringValue()
}

func count(text, characters string) (n int) {
	for _, c := range text {
		if strings.ContainsRune(characters, c) {
			n++
		}
	}
	return n
}

const (
	lower, upper, numeric = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	special               = "!@#$%&*()-_=+[]{}<>:?"
)

func TestAPasswordHoldsWhatItsInputsAllowAndDemand(t *testing.T) {
	t.Parallel()
	off := map[string]any{"lower": false, "upper": false, "numeric": false, "special": false}
	with := func(changes map[string]any) map[string]any {
		all := map[string]any{}
		for _, m := range []map[string]any{off, changes} {
			for key, value := range m {
				all[key] = value
			}
		}
		return all
	}
	for name, row := range map[string]struct {
		changes map[string]any
		allowed string
		demand  map[string]int // characters and how many at least
	}{
		"defaults":         {nil, lower + upper + numeric + special, nil},
		"no special":       {map[string]any{"special": false}, lower + upper + numeric, nil},
		"lower only":       {with(map[string]any{"lower": true}), lower, nil},
		"number is old":    {map[string]any{"number": false, "special": false}, lower + upper, nil},
		"override special": {with(map[string]any{"special": true, "overrideSpecial": "~"}), "~", nil},
		"minimums": {map[string]any{"length": 12, "minLower": 3, "minUpper": 3, "minNumeric": 3, "minSpecial": 3},
			lower + upper + numeric + special, map[string]int{lower: 3, upper: 3, numeric: 3, special: 3}},
		"minimum of what is off": {with(map[string]any{"lower": true, "minNumeric": 20}), lower + numeric, map[string]int{numeric: 20}},
	} {
		inputs := valid(row.changes)
		for range 4 {
			_, result := create(t, inputs)
			if want := int(inputs["length"].NumberValue()); len(result) != want {
				t.Errorf("%s: the result has %d characters, want %d", name, len(result), want)
			}
			if allowed := count(result, row.allowed); allowed != len(result) {
				t.Errorf("%s: %d characters are not allowed", name, len(result)-allowed)
			}
			for characters, least := range row.demand {
				if n := count(result, characters); n < least {
					t.Errorf("%s: %d of %s, want %d", name, n, characters, least)
				}
			}
		}
	}
}

func TestPasswordsDifferAndNoPlaceTellsItsClass(t *testing.T) {
	t.Parallel()
	inputs := valid(map[string]any{"length": 4, "minLower": 1, "minUpper": 1, "minNumeric": 1, "minSpecial": 1})
	seen, first := map[string]bool{}, map[string]bool{}
	for range 60 {
		_, result := create(t, inputs)
		seen[result] = true
		for _, class := range []string{lower, upper, numeric, special} {
			first[class] = first[class] || count(result[:1], class) == 1
		}
	}
	if len(seen) < 59 {
		t.Errorf("60 passwords are only %d different ones", len(seen))
	}
	for class, begins := range first {
		if !begins {
			t.Errorf("no password begins with one of %s", class)
		}
	}
}

func TestOutputsAreTheOfficialProviders(t *testing.T) {
	t.Parallel()
	inputs := valid(map[string]any{"special": false, "length": 80})
	made, result := create(t, inputs)
	if made.ID != "none" {
		t.Errorf("the id is %q", made.ID)
	}
	hash := made.Properties["bcryptHash"]
	if !hash.IsSecret() {
		t.Fatal("the hash is not secret")
	}
	if err := bcrypt.CompareHashAndPassword([]byte(hash.SecretValue().Element.StringValue()), []byte(result)[:72]); err != nil {
		t.Errorf("the hash is not of the result: %v", err)
	}
	delete(made.Properties, "result")
	delete(made.Properties, "bcryptHash")
	want := resource.NewPropertyMapFromMap(map[string]any{
		"length": 80, "keepers": map[string]any{"generation": "1"},
		"lower": true, "upper": true, "numeric": true, "number": true, "special": false,
		"minLower": 0, "minUpper": 0, "minNumeric": 0, "minSpecial": 0,
	})
	if diff := want.Diff(made.Properties); diff != nil {
		t.Errorf("the other outputs differ: %v", diff)
	}
}

func TestAPreviewKnowsEverythingButThePassword(t *testing.T) {
	t.Parallel()
	made, err := random.New().Create(t.Context(), plugin.CreateRequest{URN: urn(passwordType), Properties: valid(nil), Preview: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []resource.PropertyKey{"result", "bcryptHash"} {
		if value := made.Properties[key]; !value.IsSecret() || !value.ContainsUnknowns() {
			t.Errorf("%s is %v, want an unknown secret", key, value)
		}
	}
	if made.ID != "" || !made.Properties["lower"].IsBool() {
		t.Errorf("the preview gives id %q and %v", made.ID, made.Properties)
	}
}

func TestWhatCannotBeAPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		changes map[string]any
		want    []string // property: reason
	}{
		"valid":           {nil, nil},
		"unknown length":  {map[string]any{"length": resource.Computed{Element: resource.NewNumberProperty(0)}, "minLower": 9}, nil},
		"no length":       {map[string]any{"length": nil}, []string{"length: 0 must be at least 1"}},
		"length 0":        {map[string]any{"length": 0}, []string{"length: 0 must be at least 1"}},
		"half a length":   {map[string]any{"length": 8.5}, []string{"length: 8.5 is not a whole number", "length: 0 must be at least 1"}},
		"minimums exceed": {map[string]any{"length": 5, "minLower": 3, "minUpper": 3}, []string{"length: 5 must be at least the sum of minLower, minUpper, minNumeric and minSpecial, which is 6"}},
		"negative":        {map[string]any{"minSpecial": -1}, []string{"minSpecial: -1 must not be negative"}},
		"nothing allowed": {map[string]any{"lower": false, "upper": false, "numeric": false, "special": false}, []string{"lower: lower, upper, numeric and special are all false"}},
		"wrong type":      {map[string]any{"lower": "yes"}, []string{"lower: yes is neither true nor false"}},
		"two at once":     {map[string]any{"size": 3, "length": 0}, []string{"length: 0 must be at least 1", "size: a password has no such input"}},
	} {
		checked, err := random.New().Check(t.Context(), plugin.CheckRequest{URN: urn(passwordType), News: valid(row.changes)})
		if err != nil {
			t.Fatal(err)
		}
		if len(checked.Failures) != len(row.want) {
			t.Errorf("%s: failures are %v, want %q", name, checked.Failures, row.want)
			continue
		}
		for i, failure := range checked.Failures {
			if got := string(failure.Property) + ": " + failure.Reason; !strings.Contains(got, row.want[i]) {
				t.Errorf("%s: failure %q, want %q", name, got, row.want[i])
			}
		}
	}
}

func TestEveryChangeReplacesThePassword(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]map[string]any{
		"length":          {"length": 25},
		"a keeper":        {"keepers": map[string]any{"generation": "2"}},
		"another keeper":  {"keepers": map[string]any{"generation": "1", "owner": "x"}},
		"no keepers":      {"keepers": map[string]any{}},
		"a class":         {"special": false},
		"a minimum":       {"minLower": 1},
		"overrideSpecial": {"overrideSpecial": "~"},
	} {
		diff, err := random.New().Diff(t.Context(), plugin.DiffRequest{URN: urn(passwordType), OldInputs: valid(nil), NewInputs: valid(changes)})
		if err != nil {
			t.Fatal(err)
		}
		if !diff.Replace() {
			t.Errorf("%s does not replace: %+v", name, diff)
		}
	}
	same, err := random.New().Diff(t.Context(), plugin.DiffRequest{URN: urn(passwordType), OldInputs: valid(nil), NewInputs: valid(nil)})
	if err != nil || same.Changes != plugin.DiffNone {
		t.Errorf("equal inputs give %+v, %v", same, err)
	}
}

func TestReadReturnsTheStateAndImportsNothing(t *testing.T) {
	t.Parallel()
	made, _ := create(t, valid(nil))
	read, err := random.New().Read(t.Context(), plugin.ReadRequest{URN: urn(passwordType), ID: "none", Inputs: valid(nil), State: made.Properties})
	if err != nil || read.ID != "none" || made.Properties.Diff(read.Outputs) != nil || valid(nil).Diff(read.Inputs) != nil {
		t.Errorf("Read gives %v, %v", read, err)
	}
	_, err = random.New().Read(t.Context(), plugin.ReadRequest{URN: urn(passwordType), ID: "hunter2"})
	if err == nil || !strings.Contains(err.Error(), "cannot be imported") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("an import gives %v", err)
	}
}

func TestOtherResourcesAreRefusedByName(t *testing.T) {
	t.Parallel()
	const other tokens.Type = "random:index/randomId:RandomId"
	p := random.New()
	calls := map[string]func() error{
		"check":  func() error { _, err := p.Check(t.Context(), plugin.CheckRequest{URN: urn(other)}); return err },
		"diff":   func() error { _, err := p.Diff(t.Context(), plugin.DiffRequest{URN: urn(other)}); return err },
		"create": func() error { _, err := p.Create(t.Context(), plugin.CreateRequest{URN: urn(other)}); return err },
		"read":   func() error { _, err := p.Read(t.Context(), plugin.ReadRequest{URN: urn(other)}); return err },
		"delete": func() error { _, err := p.Delete(t.Context(), plugin.DeleteRequest{URN: urn(other)}); return err },
	}
	for name, call := range calls {
		if err := call(); err == nil || !strings.Contains(err.Error(), "has no "+string(other)) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}
