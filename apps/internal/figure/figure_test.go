package figure_test

import (
	"context"
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/internal/figure"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoTenantCountsForAnother(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db := w.DB(t)
	see := func(ctx context.Context, as tenancy.ID) (n int64, err error) {
		err = db.QueryRow(ctx, as, "select coalesce(sum(value), 0)::bigint from figures where kind = 'visit' and day = current_date").Scan(&n)
		return n, err
	}
	tenancytest.Isolation(t, w, figure.NewStore(db), map[string]tenancytest.Attempt[*figure.Store]{
		"Add": {
			Write: func(ctx context.Context, s *figure.Store, as tenancy.ID) (string, error) {
				return as.String(), s.Add(ctx, as, "visit", 2)
			},
			Try: func(ctx context.Context, s *figure.Store, as tenancy.ID, owner string) (bool, error) {
				if err := s.Add(ctx, as, "visit", 3); err != nil {
					return false, err
				}
				n, err := see(ctx, w.Find(t, owner))
				return n == 5, err
			},
			See: func(ctx context.Context, _ *figure.Store, as tenancy.ID, _ string) (any, error) { return see(ctx, as) },
		},
	}, nil)
}
