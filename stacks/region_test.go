package stacks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// prod is production's configuration, with its regions and database edited as
// an operator would.
func prod(t *testing.T, edit func(regions []map[string]any, database map[string]any) []map[string]any) spec.Source {
	t.Helper()
	source := spectest.StackFile(t, "prod")
	var regions []map[string]any
	var database map[string]any
	for key, target := range map[string]any{"saas:regions": &regions, "saas:database": &database} {
		if err := json.Unmarshal([]byte(source.Values[key]), target); err != nil {
			t.Fatal(err)
		}
	}
	regions = edit(regions, database)
	for key, value := range map[string]any{"saas:regions": regions, "saas:database": database} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		source.Values[key] = string(text)
	}
	return source
}

// moves says what differs between two graphs: + made, - gone (and whether the
// engine would refuse that), ~ changed, with the properties.
func moves(before, after []graph.Resource) []string {
	index := func(all []graph.Resource) map[string]graph.Resource {
		found := map[string]graph.Resource{}
		for _, r := range all {
			found[r.Type+" "+r.Name] = r
		}
		return found
	}
	old, now := index(before), index(after)
	var lines []string
	for id, r := range now {
		was, kept := old[id]
		if !kept {
			lines = append(lines, "+ "+id)
			continue
		}
		if changed := changedKeys(was.Inputs, r.Inputs); len(changed) > 0 {
			lines = append(lines, "~ "+id+" "+strings.Join(changed, " "))
		}
	}
	for id, r := range old {
		if _, kept := now[id]; !kept {
			line := "- " + id
			if r.Protect {
				line += " (protected)"
			}
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[2:]+a[:1], b[2:]+b[:1]) })
	return lines
}

func changedKeys(old, now resource.PropertyMap) []string {
	var keys []string
	for key, value := range now {
		if was, had := old[key]; !had || !was.DeepEquals(value) {
			keys = append(keys, string(key))
		}
	}
	for key := range old {
		if _, has := now[key]; !has {
			keys = append(keys, "-"+string(key))
		}
	}
	slices.Sort(keys)
	return keys
}

// golden compares lines with a reviewed file.
func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	got, path := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("other resources move than %s names; review, then go test ./stacks -update\n%s", path, diff(string(want), got))
	}
}

var madrid = map[string]any{
	"name": "europe-southwest1", "cidr": "10.40.0.0/14", "zones": []string{"europe-southwest1-a", "europe-southwest1-b", "europe-southwest1-c"},
}

// joins are what exists once for all regions, and a new region joins in place:
// its range the private services connection, its endpoints the load balancer.
var joins = []string{
	"~ gcp:servicenetworking/connection:Connection network-managed reservedPeeringRanges",
	"~ gcp:compute/backendService:BackendService edge-http backends",
	"~ gcp:compute/backendService:BackendService edge-https backends",
	"~ gcp:compute/firewall:Firewall edge-balancer targetTags",
}

func TestAnotherRegionAddsItsOwnAndMovesNothingElse(t *testing.T) {
	t.Parallel()
	before := run(t, spectest.StackFile(t, "prod"), false)
	lines := moves(before, run(t, prod(t, func(regions []map[string]any, _ map[string]any) []map[string]any {
		return append(regions, madrid)
	}), false))
	golden(t, "prod-region-added", lines)
	for _, line := range lines {
		if !strings.HasPrefix(line, "+ ") && !slices.Contains(joins, line) {
			t.Errorf("a region more: %s", line)
		}
		if strings.HasPrefix(line, "+ ") && !strings.Contains(line, "europe-southwest1") {
			t.Errorf("%s does not name the new region", line)
		}
	}
}

func TestARegionLessTakesItsOwnAndTheEngineRefusesWhileItHoldsData(t *testing.T) {
	t.Parallel()
	before := run(t, spectest.StackFile(t, "prod"), false)
	lines := moves(before, run(t, prod(t, func(regions []map[string]any, database map[string]any) []map[string]any {
		database["backupBasis"] = "as the region had"
		return regions[:1]
	}), false))
	golden(t, "prod-region-removed", lines)
	kept := map[string]bool{}
	for _, line := range lines {
		typ := strings.Fields(line)[1]
		if slices.Contains(holdsData, typ) && strings.HasPrefix(line, "- ") {
			if !strings.HasSuffix(line, "(protected)") {
				t.Errorf("%s: the engine would delete it", line)
			}
			kept[typ] = true
		}
	}
	if len(kept) < 4 {
		t.Errorf("only %v hold data in a region: nothing was judged", kept)
	}
}

func TestThePrimarysRegionCannotBeTakenAway(t *testing.T) {
	t.Parallel()
	_, err := spec.Load(prod(t, func(regions []map[string]any, _ map[string]any) []map[string]any { return regions[1:] }))
	const want = `saas:database.primary: "southamerica-east1" is not among saas:regions; keep the region while it is primary`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

// failedOver is production after a failover that is in the given state.
func failedOver(t *testing.T, state string) spec.Source {
	t.Helper()
	return prod(t, func(regions []map[string]any, database map[string]any) []map[string]any {
		database["primary"] = "southamerica-west1"
		database["former"] = []any{map[string]any{"region": "southamerica-east1", "replicas": []string{"southamerica-east1"}, "state": state}}
		return regions
	})
}

// TestAFailoverMovesWhatItMust takes the steps of docs/runbooks/failover.md.
// That none of them replaces what holds data is for the engine to say:
// sandbox/lifecycle takes the same steps on it.
func TestAFailoverMovesWhatItMust(t *testing.T) {
	t.Parallel()
	resources := run(t, spectest.StackFile(t, "prod"), false)
	for i, state := range []string{"lost", "kept", "released", "gone"} {
		next := run(t, failedOver(t, state), false)
		lines := moves(resources, next)
		golden(t, fmt.Sprintf("prod-failover-%d-%s", i+1, state), lines)
		for _, line := range lines {
			if state == "lost" && strings.Contains(line, "southamerica-east1") {
				t.Errorf("the region is out, and yet: %s", line)
			}
			if strings.HasPrefix(line, "- ") && strings.HasSuffix(line, "(protected)") {
				t.Errorf("%s: the engine would refuse %s", state, line)
			}
		}
		resources = next
	}
}
