package bench

import (
	"maps"
	"testing"
)

func TestTheFormatOfGoBenchmarksIsRead(t *testing.T) {
	t.Parallel()
	got, err := parse("goos: linux\nBenchmarkRead-2 \t 1\t12 ns/op\t 0.8491 read_of_bare_x\t 5463 read\nPASS\nBenchmarkTenants-2 1 7 ns/op 46.98 tenants_1000_provisioned\nok x 1s\n")
	want := map[string]float64{"read_of_bare_x": 0.8491, "read": 5463, "tenants_1000_provisioned": 46.98}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("read %v, %v; want %v", got, err, want)
	}
	for _, broken := range []string{"BenchmarkRead-2 1 12 ns/op 0.8491", "BenchmarkRead-2 1 fast read"} {
		if got, err := parse(broken); err == nil {
			t.Errorf("%q is read as %v", broken, got)
		}
	}
}

// Each limit is of a measure that somebody reports, or it limits nothing.
func TestEachLimitOfTheAppsIsOfAMeasure(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"data_call_of_pgx_x", "read_of_bare_x", "read_per_core_of_node_x", "tenants_1000_provisioned", "tenants_1000_migrated", "tenant_from_spare_worst"} {
		if l := limits[name]; l.least == 0 && l.most == 0 || appsUnits[name] == "" {
			t.Errorf("%s has the limit %+v and the unit %q", name, l, appsUnits[name])
		}
	}
}
