package provisioner

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// table is one table of a tenant, as an export reads it.
type table struct {
	Schema, Name string
	Columns      []string // but those that the server computes
	Order        []string // the primary key
}

func (t table) full() string { return pgx.Identifier{t.Schema, t.Name}.Sanitize() }

// tables lists the tables of a schema, and the shared outbox, by name.
func (p *Provisioner) tables(ctx context.Context, tx pgx.Tx, schema string) ([]table, error) {
	rows, err := tx.Query(ctx, `
		select n.nspname, c.relname,
		  array(select quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum),
		  array(select quote_ident(a.attname) from pg_index i, unnest(i.indkey) with ordinality k(attnum, place) join pg_attribute a on a.attnum = k.attnum
		    where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by k.place)
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and not c.relispartition and (n.nspname = $1 or n.nspname = $2 and c.relname = 'outbox') order by 1, 2`, schema, p.shared)
	if err != nil {
		return nil, fmt.Errorf("list the tables of %s: %w", schema, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil {
		return nil, fmt.Errorf("list the tables of %s: %w", schema, err)
	}
	return list, nil
}

// actFor makes a transaction of the owner see one tenant's rows alone: row
// level security is forced, so the owner is bound as well.
func actFor(ctx context.Context, tx pgx.Tx, name string) error {
	if _, err := tx.Exec(ctx, "select set_config('app.current_tenant', $1, true)", name); err != nil {
		return fmt.Errorf("act for the tenant %s: %w", name, err)
	}
	return nil
}
