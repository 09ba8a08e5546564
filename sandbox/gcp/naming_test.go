package gcp

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/info/autonaming.go
func TestAnUnnamedResourceIsNamedAfterItsLogicalNameWithSevenHexDigits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for token, inputs := range map[string]object{
		networkType: {}, routerType: {"network": "n"}, keyRingType: {"location": "l"}, bucketType: {"location": "l"},
		redisType: {"memorySizeGb": 1}, nodePoolType: {"cluster": "c", "location": "l"}, databaseType: {"instance": "i"},
		sqlInstanceType: {"databaseVersion": "POSTGRES_17", "settings": object{"tier": "db-f1-micro"}},
	} {
		checked := w.checked(token, "part-of-it", nil, inputs)
		if name := text(checked, "name"); !regexp.MustCompile(`^part-of-it-[0-9a-f]{7}$`).MatchString(name) {
			t.Errorf("%s is named %q", token, name)
		}
		if again := w.checked(token, "part-of-it", nil, inputs); text(again, "name") == text(checked, "name") {
			t.Errorf("%s gets the same name twice: %q", token, text(again, "name"))
		}
	}
	for token, inputs := range map[string]object{
		accountType: {"accountId": "nodes-a"}, secretType: {"secretId": "s", "replication": object{"auto": object{}}}, membershipType: {"membershipId": "m"},
	} {
		if checked := w.checked(token, "part", nil, inputs); has(checked, "name") {
			t.Errorf("%s has a name of its own, but got one: %v", token, checked["name"])
		}
	}
}

func TestANameStaysThroughUpdatesAndIsFreshForAReplacement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.checked(networkType, "vpc", nil, object{})
	if again := w.checked(networkType, "vpc", first, object{"description": "more"}); text(again, "name") != text(first, "name") {
		t.Errorf("the update is named %v, not %v", again["name"], first["name"])
	}
	// A name that the program stops giving is not kept as if it were ours.
	named := w.checked(networkType, "vpc", nil, object{"name": "given"})
	if again := w.checked(networkType, "vpc", named, object{}); text(again, "name") == "given" {
		t.Error("the given name outlives the program's wish")
	}
	// An imported resource keeps its name: nobody knows who gave it.
	imported := properties(object{"name": "imported"})
	if again := w.checked(networkType, "vpc", imported, object{}); text(again, "name") != "imported" {
		t.Errorf("the imported resource is renamed %v", again["name"])
	}
}

func TestTheEngineSeedAndItsWishesDecideTheName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	check := func(req plugin.CheckRequest) (string, []plugin.CheckFailure) {
		req.URN = urnOf(bucketType, "Media")
		req.News = properties(object{"location": testRegion})
		response, err := w.provider.Check(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return text(response.Properties, "name"), response.Failures
	}
	seeded, _ := check(plugin.CheckRequest{RandomSeed: []byte("seed")})
	again, _ := check(plugin.CheckRequest{RandomSeed: []byte("seed")})
	other, _ := check(plugin.CheckRequest{RandomSeed: []byte("another")})
	if seeded != again || seeded == other || !strings.HasPrefix(seeded, "media-") {
		t.Errorf("one seed gives %q and %q, another %q", seeded, again, other)
	}
	if name, _ := check(plugin.CheckRequest{Autonaming: &plugin.AutonamingOptions{ProposedName: "Proposed", Mode: plugin.AutonamingModePropose}}); name != "proposed" {
		t.Errorf("a proposal gives %q", name)
	}
	if name, _ := check(plugin.CheckRequest{Autonaming: &plugin.AutonamingOptions{ProposedName: "enforced", Mode: plugin.AutonamingModeEnforce}}); name != "enforced" {
		t.Errorf("an enforced name gives %q", name)
	}
	if _, failures := check(plugin.CheckRequest{Autonaming: &plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled}}); len(failures) != 1 ||
		failures[0].Reason != "automatic naming is disabled but no explicit name was provided" {
		t.Errorf("without autonaming: %v", failures)
	}
}

func TestNamesThatGoogleDoesNotTakeAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, row := range map[string]struct {
		token, logical   string
		inputs           object
		property, reason string
	}{
		"an autoname that is too long": {nodePoolType, strings.Repeat("a", 33), object{"cluster": "c", "location": "l"}, "name", "has 41 characters: at most 40 are allowed; shorten the logical name"},
		"capitals":                     {networkType, "x", object{"name": "VPC"}, "name", `"VPC" is not a valid name: use lower-case letters`},
		"a hyphen at the end":          {networkType, "x", object{"name": "vpc-"}, "name", "not ending with a hyphen"},
		"too long a bucket":            {bucketType, "x", object{"location": "l", "name": strings.Repeat("b", 64)}, "name", "at most 63"},
		"a short account":              {accountType, "x", object{"accountId": "nodes"}, "accountId", `"nodes" is not a valid name: use 6 to 30`},
		"a secret with a slash":        {secretType, "x", object{"secretId": "a/b", "replication": object{"auto": object{}}}, "secretId", "is not a valid name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, w.check(row.token, row.logical, nil, row.inputs), row.property, row.reason)
		})
	}
}
