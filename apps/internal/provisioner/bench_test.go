package provisioner_test

import (
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

const benchParallel = 4

// BenchmarkTenants provisions a thousand tenants from nothing, migrates them
// by one step, and makes further ones from spares. It runs on a cluster of its
// own that writes to the disk as in production, unlike the one of the tests.
// The first two figures are seconds for all, the others milliseconds for one.
func BenchmarkTenants(b *testing.B) {
	const tenants, spares = 1000, 40
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory that stays harms no run
	server, err := postgrestest.Start(dir, postgrestest.Option{Settings: map[string]string{
		"fsync": "on", "full_page_writes": "on", "max_wal_size": "4GB", "autovacuum": "on",
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Stop()
	for b.Loop() {
		w := tenancytest.New(b, server)
		start := time.Now()
		orders := make(chan provisioner.Order)
		var all sync.WaitGroup
		for range benchParallel {
			all.Go(func() {
				for o := range orders {
					if _, err := w.Provisioner.Provision(b.Context(), o); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for range tenants {
			orders <- order(server.Tenant())
		}
		close(orders)
		all.Wait()
		b.ReportMetric(time.Since(start).Seconds(), "tenants_1000_provisioned")

		start = time.Now()
		changed, err := w.Provisioner.MigrateTo(b.Context(), further(rooms, "alter table patients add column room text"), benchParallel, nil)
		if err != nil || changed != tenants {
			b.Fatalf("changed %d: %v", changed, err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "tenants_1000_migrated")

		if _, err := w.Provisioner.Refill(b.Context(), spares, benchParallel, nil); err != nil {
			b.Fatal(err)
		}
		var took []time.Duration
		for range spares {
			start := time.Now()
			if made, err := w.Provisioner.Provision(b.Context(), order(server.Tenant())); err != nil || !made.FromSpare {
				b.Fatalf("from a spare is %v: %v", made.FromSpare, err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "tenant_from_spare_median")
		b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "tenant_from_spare_worst")
	}
}
