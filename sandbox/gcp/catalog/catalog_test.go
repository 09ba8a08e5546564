package catalog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

func TestTheCatalogueHoldsTheTypesThatTheProgramUsesAndNoOthers(t *testing.T) {
	t.Parallel()
	goldens, err := filepath.Glob("../../../stacks/testdata/*.golden")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("no golden graph was found: %v", err)
	}
	used := map[string]bool{}
	for _, golden := range goldens {
		text, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			if token, _, _ := bytes.Cut(line, []byte(" ")); bytes.HasPrefix(token, []byte("gcp:")) {
				used[string(token)] = true
			}
		}
	}
	if len(used) == 0 {
		t.Fatal("the golden graphs name no gcp resource")
	}
	known := catalog.Tokens()
	for token := range used {
		if !slices.Contains(known, token) {
			t.Errorf("the program uses %s: add it to catalog/generate/tokens.go, run go generate, and write its rule", token)
		}
	}
	for _, token := range known {
		if !used[token] {
			t.Errorf("the program does not use %s: remove it from catalog/generate/tokens.go and its rule", token)
		}
	}
}

func TestPathsLeadThroughListsAndMaps(t *testing.T) {
	t.Parallel()
	cluster, ok := catalog.Lookup("gcp:container/cluster:Cluster")
	if !ok {
		t.Fatal("the catalogue holds no cluster")
	}
	for path, kind := range map[*[]string]catalog.Kind{
		{"nodePools", "nodeConfig", "machineType"}: catalog.String,
		{"resourceLabels"}:                         catalog.Map,
		{"resourceLabels", "any"}:                  catalog.String,
		{"selfLink"}:                               catalog.String,
		{"initialNodeCount"}:                       catalog.Integer,
	} {
		if p, ok := cluster.At(*path...); !ok || p.Kind != kind {
			t.Errorf("%v is %v, want a %s", *path, p, kind)
		}
	}
	for _, path := range [][]string{nil, {"nodePool"}, {"name", "first"}, {"nodeConfig", "machine"}} {
		if p, ok := cluster.At(path...); ok {
			t.Errorf("%v is %v, want nothing", path, p)
		}
	}
}

func TestEntriesSayWhatTheSDKSays(t *testing.T) {
	t.Parallel()
	// pulumi-gcp v7.38.0, read by hand.
	address, _ := catalog.Lookup("gcp:compute/globalAddress:GlobalAddress")
	if p := address.Inputs["addressType"]; p.Default != "EXTERNAL" || !slices.Equal(p.Values, []string{"EXTERNAL", "INTERNAL"}) {
		t.Errorf("addressType is %+v", p)
	}
	version, _ := catalog.Lookup("gcp:secretmanager/secretVersion:SecretVersion")
	if !version.Inputs["secretData"].Required || !slices.Equal(version.Secrets, []string{"secretData"}) {
		t.Errorf("secretData is %+v, secrets %v", version.Inputs["secretData"], version.Secrets)
	}
	redis, _ := catalog.Lookup("gcp:redis/instance:Instance")
	if p, ok := redis.At("serverCaCerts", "cert"); !ok || p.Kind != catalog.String {
		t.Errorf("serverCaCerts.cert is %+v", p)
	}
	if redis.Inputs["name"].Required || !redis.Inputs["memorySizeGb"].Required {
		t.Error("a Redis instance needs a size and no name")
	}
}
