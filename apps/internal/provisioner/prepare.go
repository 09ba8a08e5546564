package provisioner

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/migration"
)

// prepareAttempts is how often a preparation is tried that another one, of
// another database of the same server, gets in the way of.
const prepareAttempts = 10

//go:embed login.sql
var login string

const ledger = `create table if not exists ledger (
  schema_name text not null,
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  primary key (schema_name, version)
)`

// Prepare makes a database ready for tenants: the roles besides theirs, the
// shared schema and its tables. It weakens the services' login to what row
// level security binds. It may be run again at any time.
func (p *Provisioner) Prepare(ctx context.Context) error {
	for _, role := range []string{Tenants, Relay} {
		if _, err := p.pool.Raw().Exec(ctx, "create role "+quote(role)+" nologin noinherit"); err != nil && !isCode(err, "42710", "23505") {
			return fmt.Errorf("make the role %s: %w", role, err)
		}
	}
	// Logins belong to the server and have no lock that a database could take:
	// of two that prepare two databases at once, one is refused and tries again.
	for attempt := 1; ; attempt++ {
		err := p.prepare(ctx)
		if attempt == prepareAttempts || !isCode(err, "XX000", "23505") {
			return err
		}
	}
}

// prepare is one attempt: all of it, or nothing.
func (p *Provisioner) prepare(ctx context.Context) error {
	return p.in(ctx, p.shared, func(tx pgx.Tx) error {
		if err := pipeline(ctx, tx,
			"select pg_advisory_xact_lock(hashtext('prepare'))",
			fmt.Sprintf("select set_config('app.timeout', '%d', true)", p.pool.Settings().Timeout.Milliseconds()),
			login,
			"do $$ begin execute format('revoke all on database %I from public', current_database());"+
				" execute format('grant connect on database %I to "+App+"', current_database()); end $$",
			"create schema if not exists "+quote(p.shared),
			"grant usage on schema "+quote(p.shared)+" to "+App+", "+Tenants+", "+Relay,
			ledger,
		); err != nil {
			return fmt.Errorf("prepare the database: %w", err)
		}
		_, err := p.apply(ctx, tx, p.shared, migration.Shared, "")
		return err
	})
}
