-- One row per thing that would let a tenant's rows out. It reads the system
-- catalogue alone, which the services' login may do as well as anyone.
-- $1 is the shared schema, $2 the services' login.
with
schemas as (
  select n.oid, n.nspname as name, n.nspowner as owner, n.nspacl as acl, r.oid as role
  from pg_namespace n left join pg_roles r on r.rolname = n.nspname
  where n.nspname ~ '^(tenant|spare)_'),
relations as (
  select c.oid, c.relname as name, c.relkind as kind, c.relowner as owner, c.relacl as acl, c.reloptions as options,
    c.relrowsecurity as secured, c.relforcerowsecurity as forced,
    s.name as schema, s.role, s.name || '.' || c.relname as full_name
  from pg_class c join schemas s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
    n.nspname, (select oid from pg_roles where rolname = 'tenants'), n.nspname || '.' || c.relname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p') -- of the shared schema, what tenants may reach
    and exists (select from aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee where r.rolname = 'tenants' or r.rolname ~ '^(tenant|spare)_')),
tables as (select * from relations where kind in ('r', 'p')),
policies as (
  select p.*, pg_get_expr(p.polqual, p.polrelid) as seen, pg_get_expr(p.polwithcheck, p.polrelid) as written
  from pg_policy p join tables t on t.oid = p.polrelid),
good as (select '(tenant_id = current_setting(''app.current_tenant''::text))'::text as expression),
registry as (select id, state, 'tenant_' || id as name from pg_temp_registry)
select at, problem from (
  select t.full_name as at, 'has no column tenant_id of type text that is not null' as problem from tables t
    where not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnotnull and a.atttypid = 'text'::regtype)
  union all select full_name, 'has no row level security' from tables where not secured
  union all select full_name, 'does not force row level security on its owner' from tables where secured and not forced
  union all select t.full_name, 'has no policy tenant_isolation for all commands and all roles' from tables t
    where not exists (select from policies p where p.polrelid = t.oid and p.polname = 'tenant_isolation' and p.polpermissive and p.polcmd = '*' and p.polroles = '{0}')
  union all select t.full_name, 'has a policy tenant_isolation that shows rows by ' || coalesce(p.seen, 'nothing') from tables t join policies p on p.polrelid = t.oid, good
    where p.polname = 'tenant_isolation' and p.seen is distinct from good.expression
  union all select t.full_name, 'has a policy tenant_isolation that checks what is written by ' || coalesce(p.written, 'nothing') from tables t join policies p on p.polrelid = t.oid, good
    where p.polname = 'tenant_isolation' and p.written is distinct from good.expression
  union all select t.full_name, 'has the further policy ' || p.polname || ', which lets more rows through' from tables t join policies p on p.polrelid = t.oid
    where p.polname <> 'tenant_isolation' and p.polpermissive
    and not (t.schema = $1 and t.name = 'outbox' and p.polname = 'relay' and p.polroles = array[(select oid from pg_roles where rolname = 'relay')])
  union all select t.full_name, 'has no index that begins with tenant_id' from tables t
    where not exists (select from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id'
      where i.indrelid = t.oid and i.indkey[0] = a.attnum and i.indpred is null and i.indisvalid)
  union all select r.full_name, 'is granted to ' || case a.grantee when 0 then 'everybody' else pg_get_userbyid(a.grantee) end from relations r, aclexplode(r.acl) a
    where a.grantee not in (r.owner, coalesce(r.role, r.owner))
    and not (r.schema = $1 and pg_get_userbyid(a.grantee) in ('relay'))
  union all select full_name, 'is owned by ' || pg_get_userbyid(owner) || ', who is a tenant''s role or the services'' login' from relations
    where pg_get_userbyid(owner) ~ '^(tenant|spare)_' or pg_get_userbyid(owner) = $2
  union all select full_name, 'may be read by the login ' || $2 || ' without being a tenant' from tables
    where schema <> $1 and has_table_privilege($2, oid, 'select')
  union all select full_name, 'is a materialized view, which row level security does not reach; keep a table instead' from relations where kind = 'm'
  union all select full_name, 'is a foreign table, which row level security does not reach' from relations where kind = 'f'
  union all select full_name, 'is a view that reads as its owner; make it with (security_invoker = true)' from relations
    where kind = 'v' and not coalesce('security_invoker=true' = any (options) or 'security_invoker=on' = any (options), false)
  union all select s.name || '.' || p.proname, 'is a function that runs as its owner (security definer)' from pg_proc p join schemas s on s.oid = p.pronamespace where p.prosecdef
  union all select s.name, 'is granted to ' || case a.grantee when 0 then 'everybody' else pg_get_userbyid(a.grantee) end from schemas s, aclexplode(s.acl) a
    where a.grantee not in (s.owner, coalesce(s.role, s.owner))
  union all select s.name, 'lets its role make tables' from schemas s, aclexplode(s.acl) a where a.grantee = s.role and a.privilege_type = 'CREATE'
  union all select name, 'has no role of its name' from schemas where role is null
  union all select r.rolname, 'is a role that can log in, or has a power that no tenant has' from pg_roles r join schemas s on s.role = r.oid
    where r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
  union all select s.name, 'is a role with the further role ' || pg_get_userbyid(m.roleid) from pg_auth_members m join schemas s on s.role = m.member
    where pg_get_userbyid(m.roleid) <> 'tenants'
  union all select s.name, 'is a role that ' || pg_get_userbyid(m.member) || ' may take' from pg_auth_members m join schemas s on s.role = m.roleid
    where pg_get_userbyid(m.member) <> $2 and not exists (select from pg_roles r where r.oid = m.member and r.rolcreaterole)
  union all select g.name, 'is in the registry and has no schema' from registry g where g.state <> 'erased' and not exists (select from schemas s where s.name = g.name)
  union all select g.name, 'is erased in the registry and its schema is still there' from registry g join schemas s on s.name = g.name where g.state = 'erased'
  union all select s.name, 'is a schema of no tenant in the registry' from schemas s where s.name ~ '^tenant_' and not exists (select from registry g where g.name = s.name)
  union all select g.name, 'is suspended in the registry and ' || $2 || ' may still take its role' from registry g join schemas s on s.name = g.name
    where g.state = 'suspended' and pg_has_role($2, s.role, 'member')
  union all select g.name, 'is active in the registry and ' || $2 || ' may not take its role' from registry g join schemas s on s.name = g.name
    where g.state = 'active' and not pg_has_role($2, s.role, 'member')
) found order by at, problem
