// Package provisioner makes, migrates, suspends, exports and erases tenants:
// their roles, schemas and rows, and their records in the registry. It acts as
// the login that owns the tables, which no service has. What a schema is made
// of is in migration, whether it is sound in catalogue; files, caches and
// search indexes are other packages' and join an erasure as a Holding.
package provisioner

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/tenant"
)

// The roles besides the tenants' own.
const (
	App     = "app"     // the services' login
	Tenants = "tenants" // every tenant's role is a member, for what all may use
	Relay   = "relay"   // takes the outbox's rows, of every tenant
)

// What an operator may have to put right.
var (
	ErrName   = errors.New("not a tenant's name")
	ErrExists = errors.New("already there")
	ErrAbsent = errors.New("no such tenant")
	ErrState  = errors.New("tenant is not in the state for it")
)

// Provisioner acts on one database.
type Provisioner struct {
	pool   *postgres.Pool
	shared string // the schema of the registry
}

// New returns a Provisioner over a pool of the owner's login.
func New(pool *postgres.Pool) *Provisioner {
	return &Provisioner{pool: pool, shared: pool.Settings().Schema}
}

func checkName(name string) error {
	if !tenant.Grammar.MatchString(name) {
		return fmt.Errorf("%w: %.64q; use 1 to 30 lower-case letters and digits, a letter first", ErrName, name)
	}
	return nil
}

func schemaOf(name string) string { return "tenant_" + name }

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// in runs a function in a transaction whose search path is one schema.
func (p *Provisioner) in(ctx context.Context, schema string, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, p.pool.Raw(), func(tx pgx.Tx) error { //nolint:wrapcheck // do names the attempt
		if _, err := tx.Exec(ctx, "select set_config('search_path', $1, true), set_config('lock_timeout', '10s', true)", schema); err != nil {
			return fmt.Errorf("enter the schema %s: %w", schema, err)
		}
		return do(tx)
	})
}

// pipeline runs statements in one round trip, and names the one that failed.
func pipeline(ctx context.Context, tx pgx.Tx, statements ...string) error {
	batch := &pgx.Batch{}
	for _, s := range statements {
		batch.Queue(s)
	}
	results := tx.SendBatch(ctx, batch)
	for _, s := range statements {
		if _, err := results.Exec(); err != nil {
			return errors.Join(fmt.Errorf("%.80q: %w", s, err), ignoreRepeated(results.Close()))
		}
	}
	return results.Close() //nolint:wrapcheck // nothing is left to fail but the connection
}

// ignoreRepeated drops an error that Exec returned already.
func ignoreRepeated(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return nil
	}
	return err
}

func isCode(err error, codes ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	for _, c := range codes {
		if pg.Code == c {
			return true
		}
	}
	return false
}
