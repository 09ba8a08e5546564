package cost

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"pgregory.net/rapid"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// testPrices are round, so that the arithmetic can be followed.
const testPrices = `sku,region,unit,usd,as_of,source
gke/cluster,any,cluster-hour,0.1,2026-01-01,test
vm/n2-standard,southamerica-east1,vCPU-hour,0.01,2026-01-01,test
disk/pd-balanced,southamerica-east1,GB-month,0.2,2026-01-01,test
disk/pd-ssd,southamerica-east1,GB-month,0.4,2026-01-01,test
sql/enterprise/vcpu/regional,any,vCPU-hour,0.1,2026-01-01,test
sql/enterprise/vcpu/zonal,any,vCPU-hour,0.05,2026-01-01,test
sql/enterprise/ram/regional,any,GB-hour,0.02,2026-01-01,test
sql/enterprise/ram/zonal,any,GB-hour,0.01,2026-01-01,test
sql/storage-ssd/regional,any,GB-month,0.5,2026-01-01,test
sql/storage-ssd/zonal,any,GB-month,0.25,2026-01-01,test
sql/backup,any,GB-month,unknown,,
redis/standard/m2,any,GB-hour,0.05,2026-01-01,test
redis/standard/m3,any,GB-hour,0.04,2026-01-01,test
kms/hsm-version,any,version-month,1,2026-01-01,test
kms/operations,any,ten thousand operations,0.03,2026-01-01,test
nat/vm,any,VM-hour,0.0014,2026-01-01,test
nat/address,any,address-hour,0.005,2026-01-01,test
nat/data,any,GiB,0.045,2026-01-01,test
lb/first-rules,any,rule-hour,0.025,2026-01-01,test
lb/more-rules,any,rule-hour,0.01,2026-01-01,test
lb/data,any,GiB,unknown,,
network/egress,any,GiB,unknown,,
logs/storage,any,GiB,0.5,2026-01-01,test
logs/network,any,GiB,0.25,2026-01-01,test
metrics/data,any,MiB,0.25,2026-01-01,test
`

func prices(t testing.TB) *Table {
	t.Helper()
	table, err := parsePrices(testPrices)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// nothingUsed assumes no use at all but the given.
func nothingUsed(t testing.TB, set map[string]float64) Usage {
	t.Helper()
	usage, err := UsageOf("prod")
	if err != nil {
		t.Fatal(err)
	}
	for key := range usage {
		usage[key] = Assumption{Quantity: set[key], Why: "a test"}
	}
	return usage
}

func made(typ string, inputs map[string]any) graph.Resource {
	return graph.Resource{Type: typ, Name: "x", Parent: "urn:pulumi:s::saas::saas:test:Test::t", Inputs: resource.NewPropertyMapFromMap(inputs)}
}

func TestEachTypeIsPricedByItsArithmetic(t *testing.T) {
	t.Parallel()
	pool := func(change func(map[string]any)) graph.Resource {
		inputs := map[string]any{
			"location": "southamerica-east1", "nodeLocations": []any{"a", "b", "c"},
			"autoscaling": map[string]any{"minNodeCount": 2.0, "maxNodeCount": 5.0},
			"nodeConfig":  map[string]any{"machineType": "n2-standard-8", "diskType": "pd-ssd", "diskSizeGb": 50.0},
		}
		if change != nil {
			change(inputs)
		}
		return made("gcp:container/nodePool:NodePool", inputs)
	}
	for name, row := range map[string]struct {
		resources   []graph.Resource
		used        map[string]float64
		least, most float64
	}{
		"a cluster costs its fee": {[]graph.Resource{made("gcp:container/cluster:Cluster", nil)}, nil, 73, 73},
		"a pool costs its nodes and disks, least to most": {
			[]graph.Resource{pool(nil)}, nil, 6*8*0.01*730 + 6*50*0.4, 15*8*0.01*730 + 15*50*0.4},
		"a pool without a disk has GKE's own": {
			[]graph.Resource{pool(func(in map[string]any) { in["nodeConfig"] = map[string]any{"machineType": "n2-standard-8"} })}, nil,
			6*8*0.01*730 + 6*100*0.2, 15*8*0.01*730 + 15*100*0.2},
		"total limits are not per zone": {
			[]graph.Resource{pool(func(in map[string]any) {
				in["autoscaling"] = map[string]any{"totalMinNodeCount": 1.0, "totalMaxNodeCount": 2.0}
			})}, nil, 8*0.01*730 + 50*0.4, 2*8*0.01*730 + 2*50*0.4},
		"a pool of a fixed size does not grow": {
			[]graph.Resource{pool(func(in map[string]any) { delete(in, "autoscaling"); in["nodeCount"] = 1.0 })}, nil,
			3*8*0.01*730 + 3*50*0.4, 3*8*0.01*730 + 3*50*0.4},
		"a regional database costs the standby too, and an unknown price adds nothing": {
			[]graph.Resource{made("gcp:sql/databaseInstance:DatabaseInstance", map[string]any{"region": "southamerica-east1", "settings": map[string]any{
				"tier": "db-custom-2-7680", "availabilityType": "REGIONAL", "diskSize": 20.0, "backupConfiguration": map[string]any{"enabled": true},
			}})}, map[string]float64{"sql.backup.gb": 1000}, 2*0.1*730 + 7.5*0.02*730 + 20*0.5, 2*0.1*730 + 7.5*0.02*730 + 20*0.5},
		"a zonal one does not": {
			[]graph.Resource{made("gcp:sql/databaseInstance:DatabaseInstance", map[string]any{"settings": map[string]any{
				"tier": "db-custom-2-7680", "availabilityType": "ZONAL", "diskSize": 20.0,
			}})}, nil, 2*0.05*730 + 7.5*0.01*730 + 20*0.25, 2*0.05*730 + 7.5*0.01*730 + 20*0.25},
		"a cache costs each node's memory": {
			[]graph.Resource{made("gcp:redis/instance:Instance", map[string]any{
				"tier": "STANDARD_HA", "memorySizeGb": 10.0, "readReplicasMode": "READ_REPLICAS_ENABLED", "replicaCount": 2.0,
			})}, nil, 30 * 0.05 * 730, 30 * 0.05 * 730},
		"a bigger cache is of the next tier": {
			[]graph.Resource{made("gcp:redis/instance:Instance", map[string]any{"tier": "STANDARD_HA", "memorySizeGb": 11.0})}, nil, 22 * 0.04 * 730, 22 * 0.04 * 730},
		"a key costs its versions and operations": {
			[]graph.Resource{made("gcp:kms/cryptoKey:CryptoKey", map[string]any{"versionTemplate": map[string]any{"protectionLevel": "HSM"}})},
			map[string]float64{"kms.versions": 5, "kms.operations": 20000}, 5.06, 5.06},
		"a NAT costs by the nodes of its region, up to a flat price": {
			[]graph.Resource{pool(func(in map[string]any) { in["autoscaling"] = map[string]any{"minNodeCount": 1.0, "maxNodeCount": 50.0} }),
				made("gcp:compute/routerNat:RouterNat", map[string]any{"region": "southamerica-east1"}),
				made("gcp:compute/routerNat:RouterNat", map[string]any{"region": "southamerica-west1"})},
			map[string]float64{"nat.gib": 10, "nat.addresses": 1},
			3*8*0.01*730 + 3*50*0.4 + 3*0.0014*730 + 2*(0.45+0.005*730), 150*8*0.01*730 + 150*50*0.4 + 0.044*730 + 2*(0.45+0.005*730)},
		"five forwarding rules cost one price, the sixth its own": {
			slices.Repeat([]graph.Resource{made("gcp:compute/globalForwardingRule:GlobalForwardingRule", nil)}, 6), nil, (0.025 + 0.01) * 730, (0.025 + 0.01) * 730},
		"logs cost what is assumed": {nil, map[string]float64{"logs.gib": 10, "logs.network.gib": 4}, 6, 6},
		"internal ranges, grants and objects in a cluster cost nothing": {
			[]graph.Resource{made("gcp:compute/globalAddress:GlobalAddress", map[string]any{"addressType": "INTERNAL"}),
				made("gcp:projects/iAMMember:IAMMember", nil), made("kubernetes:apps/v1:Deployment", nil)}, nil, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := Of("test", row.resources, prices(t), nothingUsed(t, row.used))
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(e.USD-row.least) > 1e-6 || math.Abs(e.MostUSD-row.most) > 1e-6 {
				t.Errorf("costs %.4f to %.4f, want %.4f to %.4f: %+v", e.USD, e.MostUSD, row.least, row.most, e.Items)
			}
		})
	}
}

func TestWhatCannotBePricedIsRefusedWithItsRemedy(t *testing.T) {
	t.Parallel()
	machine := func(typ string) graph.Resource {
		return made("gcp:container/nodePool:NodePool", map[string]any{"location": "southamerica-east1",
			"autoscaling": map[string]any{"minNodeCount": 1.0, "maxNodeCount": 1.0}, "nodeConfig": map[string]any{"machineType": typ}})
	}
	for name, row := range map[string]struct {
		resource graph.Resource
		want     []string
	}{
		"a machine family without a row": {machine("n4-standard-8"), []string{"n4-standard-8", "vm/n4-standard in southamerica-east1", "add one to cost/prices.csv"}},
		"a machine without vCPUs":        {machine("e2-medium"), []string{`"e2-medium"`, "cost/gke.go"}},
		"a pool without a size":          {made("gcp:container/nodePool:NodePool", nil), []string{"minNodeCount"}},
		"a tier of another shape": {made("gcp:sql/databaseInstance:DatabaseInstance", map[string]any{"settings": map[string]any{"tier": "db-f1-micro"}}),
			[]string{`"db-f1-micro"`, "cost/sql.go"}},
		"a basic cache":          {made("gcp:redis/instance:Instance", map[string]any{"tier": "BASIC", "memorySizeGb": 1.0}), []string{`"BASIC"`, "STANDARD_HA"}},
		"a type without a class": {made("gcp:spanner/instance:Instance", nil), []string{"gcp:spanner/instance:Instance", "cost/class.go"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Of("test", []graph.Resource{row.resource}, prices(t), nothingUsed(t, nil))
			for _, want := range append(row.want, "the cost of stack test cannot be said") {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
	if _, err := prices(t).find("vm/none", "x"); !errors.Is(err, ErrNoRow) {
		t.Errorf("a missing row gives %v", err)
	}
	if _, err := UsageOf("lab"); err == nil || !strings.Contains(err.Error(), "no section lab") {
		t.Errorf("a stack without assumptions gives %v", err)
	}
}

func TestAWrongTableIsRefused(t *testing.T) {
	t.Parallel()
	const header = "sku,region,unit,usd,as_of,source\n"
	for name, row := range map[string]struct{ text, want string }{
		"another header":   {"sku,usd\n", "cost/prices.csv"},
		"no number":        {header + "a,any,hour,cheap,2026-01-01,x\n", `"cheap" is no price`},
		"a negative price": {header + "a,any,hour,-1,2026-01-01,x\n", `"-1" is no price`},
		"no source":        {header + "a,any,hour,1,2026-01-01,\n", "no date or no source"},
		"no date":          {header + "a,any,hour,1,,x\n", "no date or no source"},
		"a row twice":      {header + "a,any,hour,1,2026-01-01,x\na,any,hour,2,2026-01-01,x\n", "stands there twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parsePrices(row.text); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

// real estimates a stack of the repository by the repository's own prices.
func real(t testing.TB, stack string, change func(map[string]string)) *Estimate {
	t.Helper()
	source := spectest.StackFile(t, stack)
	if change != nil {
		change(source.Values)
	}
	resources, err := graph.Of(source)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Prices()
	if err != nil {
		t.Fatal(err)
	}
	usage, err := UsageOf(stack)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Of(stack, resources, table, usage)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEveryResourceOfTheRealStacksHasAClass(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{"staging", "prod"} {
		e := real(t, stack, nil)
		if len(e.Items) < 20 || e.USD < 100 || e.MostUSD < e.USD {
			t.Errorf("%s has %d items and costs %.2f to %.2f: nothing was priced", stack, len(e.Items), e.USD, e.MostUSD)
		}
		for _, item := range e.Items {
			if item.Component == "" || item.Region == "" || item.Unit == "" {
				t.Errorf("%s: the item %+v lacks a component, a region or a unit", stack, item)
			}
		}
	}
}

func TestFreeTypesSayWhy(t *testing.T) {
	t.Parallel()
	for typ, c := range classes {
		if (c.price == nil) == (c.free == "") {
			t.Errorf("%s is neither priced nor free for a reason, or both", typ)
		}
	}
}

func TestStagingCostsLessThanProd(t *testing.T) {
	t.Parallel()
	staging, prod := real(t, "staging", nil), real(t, "prod", nil)
	if staging.USD >= prod.USD || staging.MostUSD >= prod.MostUSD {
		t.Errorf("staging costs %.2f to %.2f, prod %.2f to %.2f", staging.USD, staging.MostUSD, prod.USD, prod.MostUSD)
	}
}

func TestAnotherTenantNeverLowersTheCost(t *testing.T) {
	t.Parallel()
	before := real(t, "prod", nil)
	after := real(t, "prod", func(values map[string]string) { values["saas:tenants"] = `[{"id":"a"},{"id":"b"},{"id":"c"}]` })
	if after.USD < before.USD || after.MostUSD < before.MostUSD || after.Unknown < before.Unknown {
		t.Errorf("a third tenant takes the cost from %.2f to %.2f", before.USD, after.USD)
	}
}

func TestMoreOfAnythingNeverCostsLess(t *testing.T) {
	t.Parallel()
	table, usage := prices(t), nothingUsed(t, map[string]float64{"nat.gib": 1, "nat.addresses": 1})
	rapid.Check(t, func(rt *rapid.T) {
		pool := func(least, most float64) []graph.Resource {
			return []graph.Resource{
				made("gcp:compute/routerNat:RouterNat", map[string]any{"region": "southamerica-east1"}),
				made("gcp:container/nodePool:NodePool", map[string]any{"location": "southamerica-east1",
					"autoscaling": map[string]any{"minNodeCount": least, "maxNodeCount": most}, "nodeConfig": map[string]any{"machineType": "n2-standard-8"}}),
			}
		}
		least := float64(rapid.IntRange(1, 30).Draw(rt, "least"))
		most := least + float64(rapid.IntRange(0, 30).Draw(rt, "more"))
		small, err := Of("test", pool(least, most), table, usage)
		if err != nil {
			rt.Fatal(err)
		}
		big, err := Of("test", pool(least+1, most+1), table, usage)
		if err != nil {
			rt.Fatal(err)
		}
		if big.USD < small.USD || big.MostUSD < small.MostUSD || small.MostUSD < small.USD {
			rt.Errorf("%g to %g nodes cost %.4f to %.4f, one more %.4f to %.4f", least, most, small.USD, small.MostUSD, big.USD, big.MostUSD)
		}
	})
}

func TestTheDifferenceIsTheChangeAlone(t *testing.T) {
	t.Parallel()
	before := real(t, "staging", nil)
	if d := Compare("itself", before, real(t, "staging", nil)); len(d.Changes) != 0 || d.USD != 0 {
		t.Errorf("a stack differs from itself by %+v", d)
	}
	after := real(t, "staging", func(values map[string]string) {
		values["saas:cluster"] = `{"machineType":"e2-standard-8","maxNodesPerZone":3}`
	})
	d := Compare("main", before, after)
	if len(d.Changes) != 1 || !strings.Contains(d.Changes[0].Item, "cluster-southamerica-east1-pool") || d.USD <= 0 {
		t.Fatalf("bigger machines change %+v", d)
	}
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%+.2f", d.USD); strings.Count(out.String(), want) != 2 {
		t.Errorf("%s does not show %s for the item and in total", out.String(), want)
	}
	bigger := Compare("main", before, real(t, "staging", func(values map[string]string) { values["saas:cache"] = `{"memoryGb":8}` }))
	if len(bigger.Changes) != 1 || !strings.Contains(bigger.Changes[0].Note, "price unknown: 10 GB to 16 GB") {
		t.Errorf("a bigger cache, whose price is unknown, changes %+v", bigger.Changes)
	}
}

func TestTheReportSaysWhatIsNotInTheTotal(t *testing.T) {
	t.Parallel()
	e := real(t, "prod", nil)
	var out bytes.Buffer
	if err := e.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"TOTAL of prod", "subtotal", "NOT in the total", "redis/standard/m2", fmt.Sprintf("and %d unknown", e.Unknown)} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}
