package search

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenant"
)

const (
	findSQL = `
SELECT kind, id, title,
  ts_headline('public.pt_br', body, q, 'StartSel="", StopSel="", MaxFragments=1, MinWords=10, MaxWords=25'),
  ts_rank(words, q)::float8, count(*) OVER ()
FROM search_documents, websearch_to_tsquery('public.pt_br', $2) q
WHERE tenant_id = $1 AND words @@ q AND ($3::text[] IS NULL OR kind = ANY($3))
ORDER BY ts_rank(words, q) DESC, updated DESC, kind, id LIMIT $4 OFFSET $5`

	putSQL = `
INSERT INTO search_documents (kind, id, title, body, updated) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, kind, id) DO UPDATE SET title = excluded.title, body = excluded.body, updated = excluded.updated
WHERE search_documents.updated <= excluded.updated`

	deleteSQL = `DELETE FROM search_documents WHERE tenant_id = $1 AND kind = $2 AND id = ANY($3)`
	eraseSQL  = `DELETE FROM search_documents WHERE tenant_id = $1`
	pageSQL   = `
SELECT kind, id, title, body, updated FROM search_documents
WHERE tenant_id = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4`
)

var _ Engine = (*Postgres)(nil)

// Postgres is the full text search of PostgreSQL.
type Postgres struct{ db *tenancy.DB }

// NewPostgres returns the engine of a database.
func NewPostgres(db *tenancy.DB) *Postgres { return &Postgres{db: db} }

func failed(err error) error {
	if err != nil {
		return fmt.Errorf("search: PostgreSQL: %w", err)
	}
	return nil
}

// Search implements Engine.
func (p *Postgres) Search(ctx context.Context, id tenant.ID, q Query) (out Result, err error) {
	q, err = q.normal()
	if err = errors.Join(tenant.Check(id), err); err != nil {
		return out, err
	}
	rows, err := p.db.Query(ctx, id, findSQL, id.String(), q.Text, q.Kinds, q.Limit, q.Offset)
	if err != nil {
		return out, failed(err)
	}
	out.Hits, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Hit, err error) {
		err = row.Scan(&h.Kind, &h.ID, &h.Title, &h.Snippet, &h.Score, &out.Total)
		return h, err
	})
	return out, failed(err)
}

// Put implements Engine.
func (p *Postgres) Put(ctx context.Context, id tenant.ID, docs ...Document) error {
	if err := errors.Join(tenant.Check(id), check(docs)); err != nil {
		return err
	}
	return failed(p.db.Tx(ctx, id, func(tx *tenancy.Tx) error { return p.PutTx(ctx, tx, docs...) }))
}

// PutTx keeps documents in the transaction in which they were changed.
func (p *Postgres) PutTx(ctx context.Context, tx *tenancy.Tx, docs ...Document) error {
	if err := check(docs); err != nil {
		return err
	}
	for _, d := range docs {
		if _, err := tx.Exec(ctx, putSQL, d.Kind, d.ID, text(d.Title, maxTitle), text(d.Text, maxText), d.Updated); err != nil {
			return fmt.Errorf("search: keep a document of kind %s: %w", d.Kind, err)
		}
	}
	return nil
}

// Delete implements Engine.
func (p *Postgres) Delete(ctx context.Context, id tenant.ID, kind string, ids ...string) error {
	if err := tenant.Check(id); err != nil {
		return err
	}
	_, err := p.db.Exec(ctx, id, deleteSQL, id.String(), kind, ids)
	return failed(err)
}

// DeleteTx removes documents in the transaction in which what they are about
// was.
func (p *Postgres) DeleteTx(ctx context.Context, tx *tenancy.Tx, kind string, ids ...string) error {
	_, err := tx.Exec(ctx, deleteSQL, tx.Tenant().String(), kind, ids)
	return failed(err)
}

// Erase implements Engine.
func (p *Postgres) Erase(ctx context.Context, id tenant.ID) (int, error) {
	if err := tenant.Check(id); err != nil {
		return 0, err
	}
	n, err := p.db.Exec(ctx, id, eraseSQL, id.String())
	return int(n), failed(err)
}

// page returns documents in the order of kind and id, after one.
func (p *Postgres) page(ctx context.Context, id tenant.ID, kind, after string, limit int) ([]Document, error) {
	rows, err := p.db.Fresh().Query(ctx, id, pageSQL, id.String(), kind, after, limit)
	if err != nil {
		return nil, failed(err)
	}
	docs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Document])
	return docs, failed(err)
}
