package provisioner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/migration"
)

// Manifest says what an archive holds. It is the archive's last file.
type Manifest struct {
	Tenant        string    `json:"tenant"`
	At            time.Time `json:"at"` // the one moment that all rows are of
	SchemaVersion int       `json:"schema_version"`
	Tables        []Count   `json:"tables"`
	Holdings      []string  `json:"holdings"` // what else was asked for its files
	Files         []File    `json:"files"`
}

// Count is how many rows a table has.
type Count struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// File is one file of an archive.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Export writes everything of a tenant as a tar.gz: each table as lines of
// JSON, what the holdings keep, and a manifest with the hash of each file. All
// rows are of one moment.
func (p *Provisioner) Export(ctx context.Context, name string, to io.Writer, holdings []Holding, tell Progress) (Manifest, error) {
	m := Manifest{Tenant: name, SchemaVersion: migration.Latest(), Holdings: []string{}}
	if err := checkName(name); err != nil {
		return m, err
	}
	a := newArchive(to)
	err := pgx.BeginTxFunc(ctx, p.pool.Raw(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var state string
		err := tx.QueryRow(ctx, "select state, schema_version, now() from "+quote(p.shared)+".tenants where id = $1", name).Scan(&state, &m.SchemaVersion, &m.At)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fmt.Errorf("%w: %s", ErrAbsent, name)
		case err != nil:
			return fmt.Errorf("read the registry: %w", err)
		case state == "erased":
			return fmt.Errorf("%w: it is erased", ErrState)
		}
		return p.exportTables(ctx, tx, a, &m, tell)
	})
	if err != nil {
		return m, fmt.Errorf("export the tenant %s: %w", name, err)
	}
	id, err := p.find(ctx, name)
	if err != nil {
		return m, err
	}
	for _, h := range holdings {
		m.Holdings = append(m.Holdings, h.Name())
		add := func(path string, size int64, content io.Reader) error {
			return a.add(h.Name()+"/"+path, size, content)
		}
		if err := h.Export(ctx, id, add); err != nil {
			return m, fmt.Errorf("export the %s of the tenant %s: %w", h.Name(), name, err)
		}
	}
	return m, a.finish(&m)
}

func (p *Provisioner) exportTables(ctx context.Context, tx pgx.Tx, a *archive, m *Manifest, tell Progress) error {
	if err := actFor(ctx, tx, m.Tenant); err != nil {
		return err
	}
	list, err := p.tables(ctx, tx, schemaOf(m.Tenant))
	if err != nil {
		return err
	}
	for i, t := range list {
		rows, err := p.exportTable(ctx, tx, a, t)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.full(), err)
		}
		m.Tables = append(m.Tables, Count{t.Name, rows})
		if tell != nil {
			tell(i+1, len(list), t.Name)
		}
	}
	return nil
}

// exportTable writes a table in parts of bounded size, so that neither memory
// nor a temporary file has to hold it.
func (p *Provisioner) exportTable(ctx context.Context, tx pgx.Tx, a *archive, t table) (int64, error) {
	order := t.Order
	if len(order) == 0 {
		order = t.Columns
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("select row_to_json(r)::text from (select %s from %s order by %s) r",
		strings.Join(t.Columns, ", "), t.full(), strings.Join(order, ", ")))
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller names the table
	}
	part, line, count := a.parts("rows/"+t.Name), "", int64(0)
	if _, err := pgx.ForEachRow(rows, []any{&line}, func() error { count++; return part.line(line) }); err != nil {
		return 0, err //nolint:wrapcheck // as above
	}
	return count, part.flush()
}
