-- Puts every table of the current schema behind row level security and hands
-- it to the schema's own role. It runs after every migration, so no table can
-- be forgotten; catalogue checks the result.
do $$
declare t record;
begin
  for t in select c.oid, c.relname, c.relrowsecurity and c.relforcerowsecurity as forced,
      exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_isolation') as policed
    from pg_depend d join pg_class c on c.oid = d.objid -- pg_class has no index by schema, and a thousand tenants' tables in it
    where d.refclassid = 'pg_namespace'::regclass and d.refobjid = current_schema()::regnamespace
      and d.classid = 'pg_class'::regclass and c.relkind in ('r', 'p')
  loop
    if not t.forced then
      execute format('alter table %I enable row level security, force row level security', t.relname);
    end if;
    if not t.policed then
      execute format('create policy tenant_isolation on %I for all'
        ' using (tenant_id = current_setting(''app.current_tenant''))'
        ' with check (tenant_id = current_setting(''app.current_tenant''))', t.relname);
    end if;
    execute format('grant %s on %I to %I',
      case t.relname when 'audit' then 'select, insert' else 'select, insert, update, delete' end, t.relname, current_schema());
  end loop;
end
$$
