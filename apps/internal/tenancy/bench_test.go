package tenancy_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

const (
	benchTenants = 50
	benchClients = 8
	benchSlice   = 100 * time.Millisecond // of one form before the next has its turn
)

// BenchmarkDataCall compares one read through PgBouncer: by tenancy, by a
// transaction as one would write it first, and by pgx alone from tables of the
// same size that no policy guards. The forms take turns within one run, so
// that whatever else the machine does meets them alike. The ratio is told twice: over all calls, and as the median
// of the rounds, which one burst of others' work does not move.
func BenchmarkDataCall(b *testing.B) {
	w := tenancytest.New(b, cluster)
	p := w.Pool(b, cluster.PgBouncer(b, benchClients).Port, benchClients)
	db := tenancy.New(p, p, tenancy.Options{})
	ids, bare := make([]tenancy.ID, benchTenants), make([]string, benchTenants)
	for i := range ids {
		ids[i] = w.Tenant(b)
		if _, err := db.Exec(b.Context(), ids[i], "insert into figures (day, kind, value) select date '2026-01-01' + n, 'visit', n from generate_series(0, 199) n"); err != nil {
			b.Fatal(err)
		}
		schema := "bare_" + ids[i].String()
		for _, sql := range []string{
			"create schema " + schema, "grant usage on schema " + schema + " to app",
			"create table " + schema + ".figures (like tenant_" + ids[i].String() + ".figures including all)",
			"insert into " + schema + ".figures select '" + ids[i].String() + "', date '2026-01-01' + n, 'visit', n from generate_series(0, 199) n",
			"grant select on " + schema + ".figures to app",
		} {
			w.Break(b, sql)
		}
		bare[i] = "select value from " + schema + ".figures where tenant_id = $1 and day = $2 and kind = $3"
	}
	const read = "select value from figures where day = $1 and kind = $2"
	forms := []struct {
		name string
		call func(ctx context.Context, n int) error
	}{
		{"pgx", func(ctx context.Context, n int) (err error) {
			var v int64
			return p.Raw().QueryRow(ctx, bare[n], ids[n].String(), "2026-02-02", "visit").Scan(&v)
		}},
		{"tenancy", func(ctx context.Context, n int) error {
			var v int64
			return db.QueryRow(ctx, ids[n], read, "2026-02-02", "visit").Scan(&v)
		}},
		{"naive", func(ctx context.Context, n int) error {
			return pgx.BeginFunc(ctx, p.Raw(), func(tx pgx.Tx) error {
				if _, err := tx.Exec(ctx, "select set_config('app.current_tenant', $1, true), set_config('search_path', $2, true), set_config('role', $2, true)", ids[n].String(), "tenant_"+ids[n].String()); err != nil {
					return err
				}
				var v int64
				return tx.QueryRow(ctx, read, "2026-02-02", "visit").Scan(&v)
			})
		}},
	}
	done, spent := make([]int64, len(forms)), make([]time.Duration, len(forms))
	ratios := make([][]float64, len(forms))
	turn := func(f int) float64 {
		var calls atomic.Int64
		start := time.Now()
		var all sync.WaitGroup
		for client := range benchClients {
			all.Go(func() {
				for n := client; time.Since(start) < benchSlice; n++ {
					if err := forms[f].call(b.Context(), n%benchTenants); err != nil {
						b.Error(err)
						return
					}
					calls.Add(1)
				}
			})
		}
		all.Wait()
		took := time.Since(start)
		done[f] += calls.Load()
		spent[f] += took
		return float64(calls.Load()) / took.Seconds()
	}
	for f := range forms {
		turn(f) // warms caches
		done[f], spent[f] = 0, 0
	}
	for b.Loop() {
		alone := turn(0)
		for f := 1; f < len(forms); f++ {
			ratios[f] = append(ratios[f], 100*turn(f)/alone)
		}
	}
	rate := func(f int) float64 { return float64(done[f]) / spent[f].Seconds() }
	for f := range forms {
		b.ReportMetric(rate(f), forms[f].name+"/s")
		if f > 0 {
			b.ReportMetric(100*rate(f)/rate(0), fmt.Sprintf("%s-%%-of-pgx", forms[f].name))
			slices.Sort(ratios[f])
			b.ReportMetric(ratios[f][len(ratios[f])/2], fmt.Sprintf("%s-median-%%", forms[f].name))
		}
	}
}
