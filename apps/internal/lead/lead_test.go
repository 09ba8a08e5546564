package lead_test

import (
	"context"
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/internal/lead"
	"github.com/avila-devops/saas/apps/internal/outbox"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoTenantLeavesAnotherALead(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db := w.DB(t)
	notice, err := lead.NewNotice()
	if err != nil {
		t.Fatal(err)
	}
	store := lead.NewStore(db, outbox.New(w.Pool(t, cluster.Port, 4), w.Directory), notice)
	see := func(ctx context.Context, as tenancy.ID) (n int, err error) {
		err = db.QueryRow(ctx, as, "select (select count(*) from leads) + (select count(*) from prod.outbox)").Scan(&n)
		return n, err
	}
	of := func(add func(ctx context.Context, as tenancy.ID) error) tenancytest.Attempt[*lead.Store] {
		return tenancytest.Attempt[*lead.Store]{
			Write: func(ctx context.Context, _ *lead.Store, as tenancy.ID) (string, error) {
				return as.String(), add(ctx, as)
			},
			Try: func(ctx context.Context, _ *lead.Store, as tenancy.ID, owner string) (bool, error) {
				if err := add(ctx, as); err != nil {
					return false, err
				}
				n, err := see(ctx, w.Find(t, owner))
				return n == 4, err // two leads and their notices
			},
			See: func(ctx context.Context, _ *lead.Store, as tenancy.ID, _ string) (any, error) { return see(ctx, as) },
		}
	}
	ana := lead.Lead{Kind: "contact", Name: "Ana", Email: "ana@example.com", Consent: "sim"}
	tenancytest.Isolation(t, w, store, map[string]tenancytest.Attempt[*lead.Store]{
		"Add": of(func(ctx context.Context, as tenancy.ID) error {
			_, err := store.Add(ctx, as, ana)
			return err
		}),
		"AddTx": of(func(ctx context.Context, as tenancy.ID) error {
			return db.Tx(ctx, as, func(tx *tenancy.Tx) error {
				_, err := store.AddTx(ctx, tx, ana)
				return err
			})
		}),
	}, nil)
}
