// Package offender does everything that boundary forbids, so that its test can
// see each found.
package offender

import (
	"context"
	_ "database/sql"
	_ "unsafe"

	"github.com/jackc/pgx/v5"
	pool "github.com/jackc/pgx/v5/pgxpool"

	_ "github.com/avila-devops/saas/apps/internal/certtest"
	"github.com/avila-devops/saas/apps/internal/postgres"
	_ "github.com/avila-devops/saas/apps/internal/provisioner"
	_ "github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	_ "github.com/avila-devops/saas/apps/internal/tenancytest"
	"github.com/avila-devops/saas/apps/internal/tenant/mint"
	_ "github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

type forged struct{}

func (forged) Changes(context.Context, int64) ([]tenancy.Record, int64, error) {
	return []tenancy.Record{{Name: "a", State: tenancy.Active}}, 1, nil
}

// Unproven takes a tenant and has no proof.
type Unproven struct{ raw *pool.Pool }

// Read reads as whoever the session is.
func (u Unproven) Read(ctx context.Context, _ tenancy.ID) error {
	_, err := u.raw.Exec(ctx, "set role tenant_b")
	return err
}

func around(ctx context.Context, p *postgres.Pool, d *tenancy.Directory) {
	raw := p.Raw
	_, _ = raw().Exec(ctx, "SET app.current_tenant = 'b'")
	_, _ = pgx.Connect(ctx, "")
	_, _ = postgres.OpenOwner(ctx, p.Settings())
	_, _ = d.Kept("b")
	_ = mint.New("b")
	_, _ = raw().Exec(ctx, `select set_config('role', 'tenant_b', false)`)
}

var _ = around
