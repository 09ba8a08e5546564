package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

const (
	interleavedTenants  = 6
	interleavedWorkers  = 8
	interleavedSteps    = 60
	interleavedBackends = 3 // fewer than workers, so that each backend serves every tenant
)

// TestRandomInterleavingsNeverMeetAnotherTenantsCanary lets workers do
// everything that can be done, for tenants at random, with failures, panics
// and cancellations among it, over few server connections. Each tenant has a
// canary that names it; whoever sees rows must see its own alone.
//
// ASVS: v5.0.0-8.4.1.
func TestRandomInterleavingsNeverMeetAnotherTenantsCanary(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	p := w.Pool(t, cluster.PgBouncer(t, interleavedBackends).Port, interleavedWorkers)
	meter := prometheus.NewRegistry()
	w.Directory.Register(meter, 1)
	db := tenancy.New(p, p, tenancy.Options{Metrics: postgres.NewMetrics(meter, p)})
	var tenants []tenancy.ID
	for range interleavedTenants {
		id := w.Tenant(t)
		if _, err := db.Exec(t.Context(), id, "insert into professionals (name) values ($1)", id.String()); err != nil {
			t.Fatal(err)
		}
		tenants = append(tenants, id)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var all sync.WaitGroup
	for worker := range interleavedWorkers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(worker)))
			for range interleavedSteps {
				id := tenants[random.IntN(len(tenants))]
				step := steps[random.IntN(len(steps))]
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				if err := step(ctx, db, id); err != nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
	for _, id := range tenants {
		if err := ownCanary(t.Context(), db, id); err != nil {
			t.Error(err)
		}
	}
	namesNoTenant(t, meter, tenants)
}

// namesNoTenant holds that no metric tells one tenant's work from another's to
// whoever may see them.
func namesNoTenant(t *testing.T, meter prometheus.Gatherer, tenants []tenancy.ID) {
	t.Helper()
	families, err := meter.Gather()
	if err != nil {
		t.Fatal(err)
	}
	labels := 0
	for _, family := range families {
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				labels++
				if slices.ContainsFunc(tenants, func(id tenancy.ID) bool { return strings.Contains(label.GetValue(), id.String()) }) {
					t.Errorf("%s has the label %s=%q", family.GetName(), label.GetName(), label.GetValue())
				}
			}
		}
	}
	if labels == 0 {
		t.Error("no metric was counted, so nothing was judged")
	}
}

// sight is what a row and the settings around it say.
type sight struct{ Name, Tenant, Setting, Role, Schema string }

const look = "select name, tenant_id, current_setting('app.current_tenant'), current_user::text, current_schema()::text from professionals"

// canaries holds that a tenant sees itself, in rows and in settings.
func canaries(id tenancy.ID, rows pgx.Rows, err error) error {
	if err != nil {
		return err
	}
	seen, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sight])
	if err != nil {
		return err
	}
	if len(seen) == 0 {
		return fmt.Errorf("%s does not see its canary", id)
	}
	want := sight{id.String(), id.String(), id.String(), "tenant_" + id.String(), "tenant_" + id.String()}
	for _, s := range seen {
		if s != want {
			return fmt.Errorf("%s meets %+v", id, s)
		}
	}
	return nil
}

func ownCanary(ctx context.Context, db *tenancy.DB, id tenancy.ID) error {
	rows, err := db.Query(ctx, id, look)
	return canaries(id, rows, err)
}

// inTx looks inside a transaction, does something, and looks again.
func inTx(ctx context.Context, db *tenancy.DB, id tenancy.ID, do func(*tenancy.Tx) error) error {
	return db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		rows, err := tx.Query(ctx, look)
		if err := canaries(id, rows, err); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, look)
		return canaries(id, rows, err)
	})
}

var errMeant = errors.New("meant to fail")

// steps are what a worker may do.
var steps = []func(context.Context, *tenancy.DB, tenancy.ID) error{
	ownCanary,
	ownCanary,
	func(ctx context.Context, db *tenancy.DB, id tenancy.ID) error {
		_, err := db.Exec(ctx, id, "insert into professionals (name) values (current_setting('app.current_tenant'))")
		return err
	},
	func(ctx context.Context, db *tenancy.DB, id tenancy.ID) error {
		return inTx(ctx, db, id, func(tx *tenancy.Tx) error {
			_, err := tx.Exec(ctx, "insert into professionals (name) values ($1)", id.String())
			return err
		})
	},
	func(ctx context.Context, db *tenancy.DB, id tenancy.ID) error {
		err := inTx(ctx, db, id, func(*tenancy.Tx) error { return errMeant })
		if !errors.Is(err, errMeant) {
			return err
		}
		return nil
	},
	func(ctx context.Context, db *tenancy.DB, id tenancy.ID) error {
		if _, err := db.Exec(ctx, id, "select 1/0"); err == nil {
			return errors.New("1/0 is a number")
		}
		return ownCanary(ctx, db, id)
	},
	func(ctx context.Context, db *tenancy.DB, id tenancy.ID) (err error) {
		defer func() {
			got, _ := recover().(error)
			if !errors.Is(got, errMeant) {
				err = fmt.Errorf("recovered %w and not what was thrown", got)
			}
		}()
		return inTx(ctx, db, id, func(*tenancy.Tx) error { panic(errMeant) })
	},
	func(ctx context.Context, db *tenancy.DB, id tenancy.ID) error {
		cut, cancel := context.WithCancel(ctx)
		err := inTx(cut, db, id, func(tx *tenancy.Tx) error {
			time.AfterFunc(time.Millisecond, cancel)
			_, err := tx.Exec(cut, "select pg_sleep(10)")
			return err
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	},
}
