package bench_test

import (
	"fmt"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// The day of which everything reads one figure, and what it is.
const (
	day  = "2026-02-02"
	kind = "visit"
	read = "select value from figures where day = $1 and kind = $2"
)

// world is a database with tenants behind a pooler. Each tenant has a second
// table of the same rows that no policy guards.
type world struct {
	*tenancytest.World
	port int // of the pooler
	ids  []tenancy.ID
}

func newWorld(b *testing.B) *world {
	b.Helper()
	w := &world{World: tenancytest.New(b, cluster), port: cluster.PgBouncer(b, clients).Port}
	db := w.DB(b)
	for n := range tenants {
		id := w.Tenant(b)
		w.ids = append(w.ids, id)
		rows := fmt.Sprintf("select date '2026-01-01' + n, '%s', %d + n from generate_series(0, 999) n", kind, figure(n)-32)
		if _, err := db.Exec(b.Context(), id, "insert into figures (day, kind, value) "+rows); err != nil {
			b.Fatal(err)
		}
		schema := "bare_" + id.String()
		w.Break(b, "create schema "+schema)
		w.Break(b, "grant usage on schema "+schema+" to app")
		w.Break(b, "create table "+schema+".figures (like tenant_"+id.String()+".figures including all)")
		w.Break(b, "insert into "+schema+".figures (tenant_id, day, kind, value) select '"+id.String()+"', f.* from ("+rows+") f")
		w.Break(b, "grant select on "+schema+".figures to app")
	}
	// As autovacuum, which the tests' cluster does without, would have by now.
	if _, err := cluster.Connect(b, postgrestest.Superuser, w.Database).Exec(b.Context(), "analyze"); err != nil {
		b.Fatal(err)
	}
	return w
}

// figure is what the nth tenant has on the day: nobody else's.
func figure(n int) int64 { return int64(n)*1000 + 32 }

// bare is the read of a tenant's second table.
func bare(name string) string {
	return "select value from bare_" + name + ".figures where tenant_id = $1 and day = $2 and kind = $3"
}

// pool is one of the services' login, through the pooler.
func (w *world) pool(b *testing.B) *postgres.Pool {
	b.Helper()
	return w.Pool(b, w.port, clients)
}

// settings are what a server is told.
func (w *world) settings(b *testing.B) postgres.Settings {
	b.Helper()
	return w.Settings(b, w.port, postgrestest.App, clients)
}

// check tells a wrong figure: it would be another tenant's.
func check(n int, got int64) error {
	if got != figure(n) {
		return fmt.Errorf("tenant %d read %d, which is not its own %d", n, got, figure(n))
	}
	return nil
}
