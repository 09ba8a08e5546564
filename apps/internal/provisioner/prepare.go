package provisioner

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/migration"
)

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
	for try := 1; ; try++ {
		err := p.prepare(ctx)
		// Roles belong to the whole server: another of its databases may be
		// preparing the same one, where no lock of this database reaches.
		if try == prepareTries || !isCode(err, "XX000") {
			return err
		}
	}
}

// prepareTries bounds how often a database gives way to others of its server.
const prepareTries = 10

func (p *Provisioner) prepare(ctx context.Context) error {
	return p.in(ctx, p.shared, func(tx pgx.Tx) error {
		if err := pipeline(ctx, tx,
			"select pg_advisory_xact_lock(hashtext('prepare'))",
			"alter role "+App+` noinherit nocreaterole nocreatedb`,
			"alter role "+App+` set search_path = "$user"`,
			fmt.Sprintf("alter role %s set statement_timeout = %d", App, p.pool.Settings().Timeout.Milliseconds()),
			"alter role "+App+" set idle_in_transaction_session_timeout = '60s'",
			"do $$ begin if exists (select from pg_roles where rolname = 'cloudsqlsuperuser') then revoke cloudsqlsuperuser from "+App+"; end if; end $$",
			"grant "+Relay+" to "+App,
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
