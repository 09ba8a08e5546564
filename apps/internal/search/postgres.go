package search

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Tx is a transaction of one tenant.
type Tx interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Transactor runs a function in a transaction of a tenant: its schema, its
// role, its setting app.current_tenant.
type Transactor interface {
	InTenant(ctx context.Context, id tenant.ID, do func(context.Context, Tx) error) error
}

// Setup is run once in a database, by one who may make extensions: the
// configuration that finds Portuguese words with and without their accents.
const Setup = `
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'pt_br' AND cfgnamespace = 'public'::regnamespace) THEN
    CREATE TEXT SEARCH CONFIGURATION public.pt_br (COPY = pg_catalog.portuguese);
    ALTER TEXT SEARCH CONFIGURATION public.pt_br ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.portuguese_stem;
  END IF;
END $$;`

// Schema is run in each tenant's schema.
const Schema = `
CREATE TABLE search_documents (
  tenant_id text NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  updated timestamptz NOT NULL,
  words tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('public.pt_br'::regconfig, title), 'A') || setweight(to_tsvector('public.pt_br'::regconfig, body), 'B')) STORED,
  PRIMARY KEY (tenant_id, kind, id)
);
CREATE INDEX search_documents_words ON search_documents USING gin (words);
ALTER TABLE search_documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_documents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON search_documents FOR ALL
  USING (tenant_id = current_setting('app.current_tenant')) WITH CHECK (tenant_id = current_setting('app.current_tenant'));`

const (
	findSQL = `
SELECT kind, id, title,
  ts_headline('public.pt_br', body, q, 'StartSel="", StopSel="", MaxFragments=1, MinWords=10, MaxWords=25'),
  ts_rank(words, q)::float8, count(*) OVER ()
FROM search_documents, websearch_to_tsquery('public.pt_br', $2) q
WHERE tenant_id = $1 AND words @@ q AND ($3::text[] IS NULL OR kind = ANY($3))
ORDER BY ts_rank(words, q) DESC, updated DESC, kind, id LIMIT $4 OFFSET $5`

	putSQL = `
INSERT INTO search_documents (tenant_id, kind, id, title, body, updated) VALUES ($1, $2, $3, $4, $5, $6)
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
type Postgres struct{ db Transactor }

// NewPostgres returns the engine of a database.
func NewPostgres(db Transactor) *Postgres { return &Postgres{db: db} }

func (p *Postgres) in(ctx context.Context, id tenant.ID, do func(context.Context, Tx) error) error {
	if err := tenant.Check(id); err != nil {
		return err
	}
	if err := p.db.InTenant(ctx, id, do); err != nil {
		return fmt.Errorf("search: PostgreSQL: %w", err)
	}
	return nil
}

// Search implements Engine.
func (p *Postgres) Search(ctx context.Context, id tenant.ID, q Query) (Result, error) {
	q, err := q.normal()
	if err != nil {
		return Result{}, errors.Join(tenant.Check(id), err)
	}
	var out Result
	err = p.in(ctx, id, func(ctx context.Context, tx Tx) error {
		out = Result{} // the transaction may be run again
		rows, err := tx.Query(ctx, findSQL, id.String(), q.Text, q.Kinds, q.Limit, q.Offset)
		if err != nil {
			return err
		}
		out.Hits, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Hit, err error) {
			err = row.Scan(&h.Kind, &h.ID, &h.Title, &h.Snippet, &h.Score, &out.Total)
			return h, err
		})
		return err
	})
	return out, err
}

// Put implements Engine.
func (p *Postgres) Put(ctx context.Context, id tenant.ID, docs ...Document) error {
	return p.in(ctx, id, func(ctx context.Context, tx Tx) error { return p.PutTx(ctx, id, tx, docs...) })
}

// PutTx keeps documents in the transaction in which they were changed.
func (p *Postgres) PutTx(ctx context.Context, id tenant.ID, tx Tx, docs ...Document) error {
	if err := errors.Join(tenant.Check(id), check(docs)); err != nil {
		return err
	}
	for _, d := range docs {
		if _, err := tx.Exec(ctx, putSQL, id.String(), d.Kind, d.ID, text(d.Title, maxTitle), text(d.Text, maxText), d.Updated); err != nil {
			return fmt.Errorf("search: keep a document of kind %s: %w", d.Kind, err)
		}
	}
	return nil
}

// Delete implements Engine.
func (p *Postgres) Delete(ctx context.Context, id tenant.ID, kind string, ids ...string) error {
	return p.in(ctx, id, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, deleteSQL, id.String(), kind, ids)
		return err
	})
}

// Erase implements Engine.
func (p *Postgres) Erase(ctx context.Context, id tenant.ID) (int, error) {
	var n int64
	err := p.in(ctx, id, func(ctx context.Context, tx Tx) error {
		tag, err := tx.Exec(ctx, eraseSQL, id.String())
		n = tag.RowsAffected()
		return err
	})
	return int(n), err
}

// page returns documents in the order of kind and id, after one.
func (p *Postgres) page(ctx context.Context, id tenant.ID, kind, after string, limit int) (docs []Document, err error) {
	err = p.in(ctx, id, func(ctx context.Context, tx Tx) error {
		rows, err := tx.Query(ctx, pageSQL, id.String(), kind, after, limit)
		if err != nil {
			return err
		}
		docs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Document])
		return err
	})
	return docs, err
}
