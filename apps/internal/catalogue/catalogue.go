// Package catalogue judges whether the database keeps tenants apart as it
// stands: every table of every tenant, its policies, indexes, grants and
// owner, and what the services' own login can really reach. It changes
// nothing; making it so is migration's and provisioner's.
package catalogue

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/postgres"
)

//go:embed structure.sql
var structure string

// Finding is one thing that would let a tenant's rows out.
type Finding struct {
	At      string `json:"at"` // a schema, or schema.table
	Problem string `json:"problem"`
}

func (f Finding) String() string { return f.At + " " + f.Problem }

// Report is what was looked at, and what was found.
type Report struct {
	Schemas  int       `json:"schemas"`
	Tables   int       `json:"tables"`
	Findings []Finding `json:"findings"`
}

// Verify judges a database through a pool of the services' login, so that what
// holds for the services is what is judged. It refuses a login that row level
// security would not bind: to such a one every table looks sound.
func Verify(ctx context.Context, pool *postgres.Pool) (Report, error) {
	if err := pool.Guard(ctx); err != nil {
		return Report{}, err
	}
	var report Report
	conn, err := pool.Raw().Acquire(ctx)
	if err != nil {
		return report, fmt.Errorf("verify: %w", err)
	}
	defer conn.Release()
	s := pool.Settings()
	registry := "(select id, state from " + pgx.Identifier{s.Schema, "tenants"}.Sanitize() + ")"
	rows, err := conn.Query(ctx, strings.Replace(structure, "pg_temp_registry", registry+" r", 1), s.Schema, s.Login)
	if err != nil {
		return report, fmt.Errorf("read the catalogue: %w", err)
	}
	if report.Findings, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Finding]); err != nil {
		return report, fmt.Errorf("read the catalogue: %w", err)
	}
	return report, probe(ctx, conn.Conn(), &report)
}
