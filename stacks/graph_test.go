package stacks_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks"
	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// run declares a stack's environment with the configuration in its file.
func run(t *testing.T, source spec.Source, preview bool) []graph.Resource {
	t.Helper()
	record := graph.Of
	if preview {
		record = graph.Preview
	}
	resources, err := record(source)
	if err != nil {
		t.Fatalf("preview %v: %v", preview, err)
	}
	if len(resources) < 50 {
		t.Fatalf("%s, preview %v: %d resources: the program did not run", source.Stack, preview, len(resources))
	}
	return resources
}

// everyGraph runs judge on both stacks, in preview and in up.
func everyGraph(t *testing.T, judge func(t *testing.T, resources []graph.Resource)) {
	t.Helper()
	for _, stack := range []string{"staging", "prod"} {
		for _, preview := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/preview=%v", stack, preview), func(t *testing.T) {
				t.Parallel()
				judge(t, run(t, spectest.StackFile(t, stack), preview))
			})
		}
	}
}

func TestEveryResourceDescendsFromTheRoot(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		for _, r := range resources {
			isRoot := r.Type == stacks.Type || r.Type == "pulumi:pulumi:Stack"
			if !isRoot && (r.Parent == "" || r.Parent.Type() == "pulumi:pulumi:Stack") {
				t.Errorf("%s %s has no parent but the stack", r.Type, r.Name)
			}
		}
	})
}

func TestNoTwoResourcesShareTypeAndName(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		seen := map[string]bool{}
		for _, r := range resources {
			if id := r.Type + " " + r.Name; seen[id] {
				t.Errorf("%s is registered twice: their URNs collide", id)
			} else {
				seen[id] = true
			}
		}
	})
}

func TestKubernetesResourcesNameTheirCluster(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		var judged int
		for _, r := range resources {
			if !strings.HasPrefix(r.Type, "kubernetes:") {
				continue
			}
			judged++
			if !strings.Contains(r.Provider, "::cluster-southamerica-") {
				t.Errorf("%s %s has provider %q, not a cluster's own", r.Type, r.Name, r.Provider)
			}
		}
		if judged == 0 {
			t.Error("no Kubernetes resource was judged")
		}
	})
}

// holdsData lists the types whose deletion loses what cannot be made again.
var holdsData = []string{
	"gcp:kms/cryptoKey:CryptoKey", "gcp:container/cluster:Cluster", "gcp:sql/databaseInstance:DatabaseInstance",
	"gcp:sql/database:Database", "gcp:redis/instance:Instance", "gcp:storage/bucket:Bucket", "gcp:artifactregistry/repository:Repository",
	"gcp:gkebackup/backupPlan:BackupPlan",
	"gcp:dns/managedZone:ManagedZone",
}

func TestWhatHoldsDataIsProtectedUnlessTheSwitchIsOff(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		source := spectest.StackFile(t, "prod")
		source.Values["saas:deletionProtection"] = fmt.Sprint(on)
		found := map[string]bool{}
		for _, r := range run(t, source, false) {
			if !slices.Contains(holdsData, r.Type) || r.Name == "network-apis" { // a private zone has no delegation to lose
				continue
			}
			found[r.Type] = true
			if r.Protect != on {
				t.Errorf("switch %v: %s %s has protect %v", on, r.Type, r.Name, r.Protect)
			}
			if own, has := r.Inputs["deletionProtection"]; has && own.BoolValue() != on {
				t.Errorf("switch %v: %s %s has deletionProtection %v", on, r.Type, r.Name, own.BoolValue())
			}
		}
		if len(found) != len(holdsData) {
			t.Errorf("the program has %d of the %d types that hold data", len(found), len(holdsData))
		}
	}
}

func TestAnotherTenantMovesNoOther(t *testing.T) {
	t.Parallel()
	before := run(t, spectest.With(t), false)
	after := run(t, spectest.With(t, "saas:tenants", `[{"id":"a"},{"id":"b"},{"id":"c"}]`), false)
	kept := map[string]resource.PropertyMap{}
	for _, r := range after {
		kept[r.Type+" "+r.Name] = r.Inputs
	}
	for _, r := range before {
		// The gateway is everybody's: it learns the host, and rolls over to that.
		if strings.HasPrefix(r.Name, "gateway-") && (strings.HasSuffix(r.Name, "-config") || strings.HasSuffix(r.Name, "-deployment")) {
			continue
		}
		if now, ok := kept[r.Type+" "+r.Name]; !ok || !now.DeepEquals(r.Inputs) {
			t.Errorf("%s %s changes when tenant c joins", r.Type, r.Name)
		}
	}
}

func TestAWrongConfigurationRegistersNothing(t *testing.T) {
	t.Parallel()
	resources, err := graph.Of(spectest.With(t, "saas:domain", "not a domain"))
	if err == nil || !strings.Contains(err.Error(), "saas:domain") {
		t.Errorf("the error is %v; want one that names saas:domain", err)
	}
	for _, r := range resources {
		if r.Type != "pulumi:pulumi:Stack" {
			t.Errorf("%s %s was registered", r.Type, r.Name)
		}
	}
}

// goldens are the configurations whose graphs are reviewed: both stacks', and
// one with all five apps.
func goldens(t *testing.T) map[string]spec.Source {
	t.Helper()
	services, images := spectest.EveryApp()
	return map[string]spec.Source{
		"staging": spectest.StackFile(t, "staging"), "prod": spectest.StackFile(t, "prod"),
		"apps": spectest.With(t, "saas:services", services, "saas:images", images),
	}
}

// TestTheGraphIsTheReviewedOne compares types and names with the golden file:
// a changed name is a replaced resource, and belongs in a review.
func TestTheGraphIsTheReviewedOne(t *testing.T) {
	t.Parallel()
	for stack, source := range goldens(t) {
		var lines []string
		for _, r := range run(t, source, false) {
			lines = append(lines, r.Type+" "+r.Name)
		}
		slices.Sort(lines)
		got, path := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", stack+".golden")
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
			t.Errorf("%s registers other resources than %s names; review, then go test ./stacks -update\n%s", stack, path, diff(string(want), got))
		}
	}
}

// diff lists the lines that only one side has.
func diff(want, got string) string {
	var out []string
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range wants {
		if !slices.Contains(gots, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range gots {
		if !slices.Contains(wants, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}
