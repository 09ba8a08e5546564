-- Weakens the services' login to what row level security binds, and gives it
-- the defaults that tenancy then need not set in each transaction. The timeout
-- is set before, as a local setting. What is so already is left alone: logins
-- belong to the server, and two databases that change one at once get in each
-- other's way.
do $$
declare
  wanted text[] := array['search_path="$user"', 'statement_timeout=' || current_setting('app.timeout'), 'idle_in_transaction_session_timeout=60s'];
begin
  if exists (select from pg_roles where rolname = 'app' and (rolinherit or rolcreaterole or rolcreatedb)) then
    alter role app noinherit nocreaterole nocreatedb;
  end if;
  if not exists (select from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname = 'app' and s.setdatabase = 0 and s.setconfig @> wanted) then
    alter role app set search_path = "$user";
    execute format('alter role app set statement_timeout = %L', current_setting('app.timeout'));
    alter role app set idle_in_transaction_session_timeout = '60s';
  end if;
  -- Cloud SQL's API makes every login a member.
  if exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles l on l.oid = m.member where r.rolname = 'cloudsqlsuperuser' and l.rolname = 'app') then
    revoke cloudsqlsuperuser from app;
  end if;
  if not exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles l on l.oid = m.member where r.rolname = 'relay' and l.rolname = 'app') then
    grant relay to app;
  end if;
end
$$
