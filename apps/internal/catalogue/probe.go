package catalogue

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// nobody is a tenant that cannot be: no name has a hyphen.
const nobody = "-"

// reach is one schema that the login may act for, with its tables.
type reach struct {
	schema string
	tables []string
}

// probe tries what the catalogue promises: as each tenant's role, but with
// another tenant's name in the settings, every table must look empty and take
// no row.
func probe(ctx context.Context, conn *pgx.Conn, report *Report) error {
	rows, err := conn.Query(ctx, `
		select n.nspname, array_agg(c.relname::text order by c.relname)
		from pg_namespace n join pg_roles r on r.rolname = n.nspname join pg_class c on c.relnamespace = n.oid
		where n.nspname ~ '^tenant_' and c.relkind in ('r', 'p') and pg_has_role(session_user, r.oid, 'member') group by 1 order by 1`)
	if err != nil {
		return fmt.Errorf("list what the login may act for: %w", err)
	}
	schemas, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r reach, err error) {
		return r, row.Scan(&r.schema, &r.tables)
	})
	if err != nil {
		return fmt.Errorf("list what the login may act for: %w", err)
	}
	for _, s := range schemas {
		report.Schemas++
		for _, table := range s.tables {
			report.Tables++
			if err := probeTable(ctx, conn, report, s.schema, table); err != nil {
				return fmt.Errorf("probe %s.%s: %w", s.schema, table, err)
			}
		}
	}
	return nil
}

// probeTable asks one table for a row, as its own tenant's role and in the
// name of nobody.
func probeTable(ctx context.Context, conn *pgx.Conn, report *Report, schema, table string) error {
	batch := &pgx.Batch{}
	batch.Queue("select set_config('app.current_tenant', $1, true), set_config('transaction_read_only', 'on', true), set_config('role', $2, true)", nobody, schema)
	batch.Queue("select exists (select from " + pgx.Identifier{schema, table}.Sanitize() + ")")
	results := conn.SendBatch(ctx, batch)
	defer results.Close() //nolint:errcheck // what failed was read from the results
	if _, err := results.Exec(); err != nil {
		return err //nolint:wrapcheck // the caller names the table
	}
	var leaks bool
	err := results.QueryRow().Scan(&leaks)
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		report.Findings = append(report.Findings, Finding{schema + "." + table, "cannot be read by its own tenant: " + pg.Message})
	case err != nil:
		return err //nolint:wrapcheck // as above
	case leaks:
		report.Findings = append(report.Findings, Finding{schema + "." + table, "shows rows to whoever names another tenant"})
	}
	return nil
}
