package lifecycle_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// runbookStep is one step of the runbook: what to write, and what is shown.
type runbookStep struct {
	title string
	edit  string
	shown []string
}

var fence = regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")

// readRunbook returns the steps of a runbook that edit the configuration.
func readRunbook(t *testing.T, name string) []runbookStep {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repositoryRoot, "docs", "runbooks", name))
	if err != nil {
		t.Fatal(err)
	}
	var steps []runbookStep
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, rest, _ := strings.Cut(section, "\n")
		step := runbookStep{title: title}
		for _, block := range fence.FindAllStringSubmatch(rest, -1) {
			switch block[1] {
			case "yaml":
				step.edit = block[2]
			case "text":
				step.shown = append(step.shown, strings.Split(strings.TrimRight(block[2], "\n"), "\n")...)
			}
		}
		if step.edit != "" {
			steps = append(steps, step)
		}
	}
	return steps
}

// holdsData are the types that a failover may not make anew.
var holdsData = regexp.MustCompile(`\$gcp:(?:sql/databaseInstance|sql/database|redis/instance|kms/cryptoKey|container/cluster|storage/bucket|artifactregistry/repository):`)

// held returns the ids of what holds data, by URN.
func (r *rig) held(t *testing.T) map[string]string {
	t.Helper()
	var state struct {
		Deployment struct {
			Resources []struct{ URN, ID string } `json:"resources"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal([]byte(r.pulumi(t, "stack", "export", "-s", "prod")), &state); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, resource := range state.Deployment.Resources {
		if holdsData.MatchString(resource.URN) {
			ids[resource.URN] = resource.ID
		}
	}
	if len(ids) < 15 {
		t.Fatalf("%d resources hold data: that is not production", len(ids))
	}
	return ids
}

// TestAFailoverOnTheRealEngine takes the steps of docs/runbooks/failover.md.
func TestAFailoverOnTheRealEngine(t *testing.T) {
	steps := readRunbook(t, "failover.md")
	if len(steps) != 4 {
		t.Fatalf("the runbook has %d steps that edit the configuration, want 4", len(steps))
	}
	r := newRig(t)
	r.up(t, "prod")
	edited := "  saas:database:\n    primary: southamerica-east1\n"
	before, inputs := r.held(t), r.resources(t, "prod")
	for i, step := range steps {
		edit(t, r.Root, "Pulumi.prod.yaml", edited, step.edit)
		edited = step.edit
		r.out.Reset()
		if i == 0 {
			if err := r.Preview(t.Context(), "prod"); err != nil {
				t.Fatalf("%s: preview: %v\n%s", step.title, err, tail(r.out.String(), 4000))
			}
		}
		r.up(t, "prod")
		for _, line := range step.shown {
			if !strings.Contains(r.out.String(), line) {
				t.Errorf("%s: the engine does not show %q", step.title, line)
			}
		}
		after := r.held(t)
		for urn, id := range before {
			now, kept := after[urn]
			released := i == len(steps)-1 && strings.Contains(urn, "::database-southamerica-east1")
			switch {
			case kept && now != id:
				t.Errorf("%s: %s was %s and is %s: it was made anew", step.title, urn, id, now)
			case !kept && !released:
				t.Errorf("%s: %s is gone", step.title, urn)
			}
		}
		if i == 0 {
			now := r.resources(t, "prod")
			for urn, was := range inputs {
				if strings.Contains(urn, "southamerica-east1") && now[urn] != was {
					t.Errorf("the region is out, and %s changed", urn)
				}
			}
		}
		before = after
	}
	var left []string
	for urn := range before {
		if strings.Contains(urn, "databaseInstance") {
			left = append(left, urn[strings.LastIndex(urn, "::")+2:])
		}
	}
	slices.Sort(left)
	if want := []string{"database-southamerica-east1-r2", "database-southamerica-west1-r1", "database-southamerica-west1-r2"}; !slices.Equal(left, want) {
		t.Errorf("the instances at the end are %v, want %v", left, want)
	}
	var writers map[string]string
	if err := json.Unmarshal([]byte(r.pulumi(t, "stack", "output", "writers", "--json", "-s", "prod")), &writers); err != nil {
		t.Fatal(err)
	}
	if distinct := slices.Compact(slices.Sorted(maps.Values(writers))); len(writers) != 2 || len(distinct) != 1 {
		t.Errorf("the regions write to %v, want one address", writers)
	}
}
