package bench_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// BenchmarkDataCall reads one row: by pgx alone, by tenancy, and by a
// transaction as one would write it first.
func BenchmarkDataCall(b *testing.B) {
	w := newWorld(b)
	p := w.pool(b)
	db := tenancy.New(p, p, tenancy.Options{})
	alone, names := make([]string, tenants), make([]string, tenants)
	for n, id := range w.ids {
		names[n] = id.String()
		alone[n] = bare(names[n])
	}
	for b.Loop() {
		r := turns(b, often,
			form{each(func(ctx context.Context, n int) error {
				var v int64
				if err := p.Raw().QueryRow(ctx, alone[n], names[n], day, kind).Scan(&v); err != nil {
					return err
				}
				return check(n, v)
			}), wall()},
			form{each(func(ctx context.Context, n int) error {
				var v int64
				if err := db.QueryRow(ctx, w.ids[n], read, day, kind).Scan(&v); err != nil {
					return err
				}
				return check(n, v)
			}), wall()},
			form{each(func(ctx context.Context, n int) error {
				var v int64
				if err := pgx.BeginFunc(ctx, p.Raw(), func(tx pgx.Tx) error {
					if _, err := tx.Exec(ctx, "select set_config('app.current_tenant', $1, true), set_config('search_path', $2, true), set_config('role', $2, true)", names[n], "tenant_"+names[n]); err != nil {
						return err
					}
					return tx.QueryRow(ctx, read, day, kind).Scan(&v)
				}); err != nil {
					return err
				}
				return check(n, v)
			}), wall()})
		b.ReportMetric(r.rate(0), "pgx_call")
		b.ReportMetric(r.rate(1), "data_call")
		b.ReportMetric(r.ratio(1, 0), "data_call_of_pgx_x")
		b.ReportMetric(r.ratio(2, 0), "naive_call_of_pgx_x")
	}
}
