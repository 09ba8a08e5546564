package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrLogin says that a login could see more than one tenant's rows, or change
// whom it may see.
var ErrLogin = errors.New("login is not bound to one tenant at a time")

// powers finds everything that would lift a login over row level security, by
// itself or by a role that it is a member of. It reads the catalogue alone,
// which every login may.
const powers = `
with me as (select * from pg_roles where rolname = session_user),
reach as (select r.* from pg_roles r, me where pg_has_role(me.oid, r.oid, 'MEMBER') or r.oid = me.oid),
owners as (
  select relowner as owner, 'tables' as what from pg_class where relkind in ('r','p','v','m','f')
  union select nspowner, 'schemas' from pg_namespace
  union select proowner, 'functions' from pg_proc where prosecdef
  union select datdba, 'the database' from pg_database where datname = current_database())
select distinct problem from (
  select case when rolname = session_user then 'is a superuser' else 'is a member of the superuser ' || rolname end as problem from reach where rolsuper
  union all select 'has BYPASSRLS through ' || rolname from reach where rolbypassrls and not rolsuper
  union all select 'has CREATEROLE through ' || rolname || ' and could grant itself any tenant' from reach where rolcreaterole and not rolsuper
  union all select 'has REPLICATION through ' || rolname || ' and could copy every row' from reach where rolreplication and not rolsuper
  union all select 'owns ' || o.what || ' through ' || r.rolname from owners o join reach r on r.oid = o.owner where not r.rolsuper
  union all select 'is a member of ' || rolname from reach
    where rolname in ('pg_read_all_data','pg_write_all_data','pg_read_server_files','pg_write_server_files','pg_execute_server_program','cloudsqlsuperuser','pg_maintain','pg_database_owner')
  union all select 'inherits the role ' || r.rolname || ' and would act as it without saying so' from pg_roles r, me
    where r.oid <> me.oid and starts_with(r.rolname, 'tenant_') and pg_has_role(me.oid, r.oid, 'USAGE') and not me.rolsuper
) p order by problem`

// Guard refuses a login that row level security would not bind. A service
// calls it at start, and from its readiness check if it wishes.
func (p *Pool) Guard(ctx context.Context) error {
	rows, err := p.raw.Query(ctx, powers)
	if err != nil {
		return fmt.Errorf("look at what the login %s may do: %w", p.settings.Login, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look at what the login %s may do: %w", p.settings.Login, err)
	}
	problems := make([]error, 0, len(found))
	for _, f := range found {
		problems = append(problems, fmt.Errorf("%w: %s %s; run tenantctl prepare, or use the login that it prepared", ErrLogin, p.settings.Login, f))
	}
	return errors.Join(problems...)
}
