// Package outbox is the table that keeps a job until it is done: an entry is
// written in the tenant's transaction of what it is about, and the relay, a
// role of its own, takes the entries of all tenants to the queue. What a job
// is, and sending it, is in jobs.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// hold is how long entries stay with the relay that took them: it notes them
// as sent long before, or it died, and another takes them.
const hold = 15 * time.Second

var _ jobs.Outbox = (*Outbox)(nil)

// Outbox is the table, in the schema that all tenants share.
type Outbox struct {
	pool   *postgres.Pool
	find   *tenancy.Directory
	schema string
	table  string
}

// New returns the outbox of a database. The pool is that for writes; the
// directory finds whose an entry is.
func New(pool *postgres.Pool, find *tenancy.Directory) *Outbox {
	schema := pool.Settings().Schema
	return &Outbox{pool: pool, find: find, schema: schema, table: pgx.Identifier{schema, "outbox"}.Sanitize()}
}

// Put writes an entry in a transaction of its tenant. One whose kind and key
// wait already is the same job, and changes nothing.
func (o *Outbox) Put(ctx context.Context, tx *tenancy.Tx, e jobs.Entry) error {
	if e.Tenant != tx.Tenant() || e.Tenant.IsZero() {
		return fmt.Errorf("outbox: an entry of the tenant %q in a transaction of %q; a job is its own tenant's", e.Tenant, tx.Tenant())
	}
	if _, err := tx.Exec(ctx, "insert into "+o.table+" (kind, key, body) values ($1, $2, $3) on conflict (tenant_id, kind, key) do nothing",
		e.Kind, e.Key, string(e.Body)); err != nil {
		return fmt.Errorf("outbox: keep a job of kind %s: %w", e.Kind, err)
	}
	return nil
}

// Due implements jobs.Outbox. It leaves out the entries of tenants that are not
// served: they wait until theirs is again.
func (o *Outbox) Due(ctx context.Context, kinds []string, before time.Time, limit int) (due []jobs.Entry, err error) {
	err = o.relay(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `with due as (
			select o.id from outbox o
			where kind = any($1) and (sent_at is null or sent_at < $2) and (held_until is null or held_until < now())
				and exists (select from tenants t where t.id = o.tenant_id and t.state = 'active')
			order by o.id limit $3 for update of o skip locked),
		held as (
			update outbox o set held_until = now() + make_interval(secs => $4) from due where o.id = due.id
			returning o.id, o.tenant_id, o.kind, o.key, o.body)
		select tenant_id, kind, key, body from held order by id`, kinds, before, limit, hold.Seconds())
		if err != nil {
			return err //nolint:wrapcheck // relay says what it was for
		}
		var name string
		var e jobs.Entry
		_, err = pgx.ForEachRow(rows, []any{&name, &e.Kind, &e.Key, (*[]byte)(&e.Body)}, func() error {
			t, err := o.find.Named(name)
			if errors.Is(err, tenancy.ErrUnknown) || errors.Is(err, tenancy.ErrSuspended) {
				return nil // the directory has yet to hear what the registry says
			}
			e.Tenant = t.ID
			due = append(due, jobs.Entry{Tenant: t.ID, Kind: e.Kind, Key: e.Key, Body: append([]byte(nil), e.Body...)})
			return err //nolint:wrapcheck // as above
		})
		return err //nolint:wrapcheck // as above
	})
	return due, err
}

// Sent implements jobs.Outbox.
func (o *Outbox) Sent(ctx context.Context, entries []jobs.Entry) error {
	tenants, kinds, keys := make([]string, len(entries)), make([]string, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		tenants[i], kinds[i], keys[i] = e.Tenant.String(), e.Kind, e.Key
	}
	return o.relay(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update outbox o set sent_at = now(), held_until = null
			from unnest($1::text[], $2::text[], $3::text[]) as s (tenant_id, kind, key)
			where o.tenant_id = s.tenant_id and o.kind = s.kind and o.key = s.key`, tenants, kinds, keys)
		return err //nolint:wrapcheck // relay says what it was for
	})
}

// Finish implements jobs.Outbox.
func (o *Outbox) Finish(ctx context.Context, id tenancy.ID, kind, key string) error {
	if id.IsZero() {
		return tenancy.ErrNoTenant
	}
	return o.relay(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "delete from outbox where tenant_id = $1 and kind = $2 and key = $3", id.String(), kind, key)
		return err //nolint:wrapcheck // relay says what it was for
	})
}

// relay runs a function as the role that sees the entries of all tenants, and
// nothing else of any.
func (o *Outbox) relay(ctx context.Context, do func(pgx.Tx) error) error {
	if err := pgx.BeginFunc(ctx, o.pool.Raw(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select set_config('search_path', $1, true), set_config('app.current_tenant', '', true), set_config('role', 'relay', true)", o.schema); err != nil {
			return err //nolint:wrapcheck // named below
		}
		return do(tx)
	}); err != nil {
		return fmt.Errorf("outbox: as the relay: %w", err)
	}
	return nil
}
