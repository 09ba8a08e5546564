// Package registry reads the tenants' records for a Directory. Writing them is
// the provisioner's.
package registry

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Registry is the table of tenants, as the services' login may read it.
type Registry struct {
	pool  *postgres.Pool
	table string
}

// New returns the registry of a database. Give it the pool for writes: a
// replica would tell of a suspension late.
func New(pool *postgres.Pool) *Registry {
	return &Registry{pool: pool, table: pgx.Identifier{pool.Settings().Schema, "tenants"}.Sanitize()}
}

// Changes returns the records after a version. The version is read first: a
// change that commits in between is then told of twice, never not at all.
func (r *Registry) Changes(ctx context.Context, since int64) ([]tenancy.Record, int64, error) {
	var version int64
	table := pgx.Identifier{r.pool.Settings().Schema, "registry_version"}.Sanitize()
	if err := r.pool.Raw().QueryRow(ctx, "select value from "+table).Scan(&version); err != nil {
		return nil, 0, fmt.Errorf("read the registry's version: %w", err)
	}
	if version <= since {
		return nil, version, nil
	}
	rows, err := r.pool.Raw().Query(ctx, "select id, host, state, plan, requests_per_minute, schema_version from "+r.table+" where version > $1", since)
	if err != nil {
		return nil, 0, fmt.Errorf("read the registry: %w", err)
	}
	changed, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t tenancy.Record, err error) {
		err = row.Scan(&t.Name, &t.Host, &t.State, &t.Plan, &t.RequestsPerMinute, &t.SchemaVersion)
		return t, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read the registry: %w", err)
	}
	return changed, version, nil
}
