package provisioner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Suspend closes a tenant. The services' login loses the tenant's role in the
// same transaction, so no statement that begins later reaches its rows,
// whatever a service's snapshot still says.
func (p *Provisioner) Suspend(ctx context.Context, name string) error {
	return p.move(ctx, name, tenancy.Active, tenancy.Suspended, "revoke %s from "+App, "suspended_at = now()")
}

// Resume opens a suspended tenant again.
func (p *Provisioner) Resume(ctx context.Context, name string) error {
	return p.move(ctx, name, tenancy.Suspended, tenancy.Active, "grant %s to "+App, "suspended_at = null")
}

func (p *Provisioner) move(ctx context.Context, name string, from, to tenancy.State, change, note string) error {
	if err := checkName(name); err != nil {
		return err
	}
	err := p.in(ctx, p.shared, func(tx pgx.Tx) error {
		if err := p.hold(ctx, tx, name, from); err != nil {
			return err
		}
		return pipeline(ctx, tx,
			fmt.Sprintf(change, quote(schemaOf(name))),
			fmt.Sprintf("update tenants set state = '%s', %s where id = '%s'", to, note, name))
	})
	if err != nil {
		return fmt.Errorf("make the tenant %s %s: %w", name, to, err)
	}
	return nil
}

// hold keeps a tenant's record from changing under this transaction, and
// demands a state.
func (p *Provisioner) hold(ctx context.Context, tx pgx.Tx, name string, want tenancy.State) error {
	var state tenancy.State
	err := tx.QueryRow(ctx, "select state from "+quote(p.shared)+".tenants where id = $1 for update", name).Scan(&state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%w: %s; tenantctl list shows those there are", ErrAbsent, name)
	case err != nil:
		return fmt.Errorf("read the registry: %w", err)
	case state != want:
		return fmt.Errorf("%w: it is %s and would have to be %s", ErrState, state, want)
	}
	return nil
}

// Entry is one tenant of the list.
type Entry struct {
	Name              string        `json:"name"`
	Host              string        `json:"host"`
	State             tenancy.State `json:"state"`
	Plan              string        `json:"plan"`
	RequestsPerMinute int           `json:"requests_per_minute"`
	SchemaVersion     int           `json:"schema_version"`
	CreatedAt         time.Time     `json:"created_at"`
}

// List returns every tenant that is or was, by name.
func (p *Provisioner) List(ctx context.Context) ([]Entry, error) {
	rows, err := p.pool.Raw().Query(ctx, "select id, host, state, plan, requests_per_minute, schema_version, created_at from "+quote(p.shared)+".tenants order by id")
	if err != nil {
		return nil, fmt.Errorf("list the tenants: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Entry])
	if err != nil {
		return nil, fmt.Errorf("list the tenants: %w", err)
	}
	return list, nil
}

// Spares counts the schemas that wait for a tenant.
func (p *Provisioner) Spares(ctx context.Context) (n int, err error) {
	if err := p.pool.Raw().QueryRow(ctx, "select count(*) from "+quote(p.shared)+".spares").Scan(&n); err != nil {
		return 0, fmt.Errorf("count the spare schemas: %w", err)
	}
	return n, nil
}
