-- The registry of tenants: in the schema that all tenants share, named as the
-- environment. Tenants' roles reach the outbox alone.

create table tenants (
  id text primary key check (id ~ '^[a-z][a-z0-9]{0,29}$'),
  host text not null unique check (host = lower(host) and length(host) <= 253),
  state text not null check (state in ('active', 'suspended', 'erased')),
  plan text not null check (plan in ('pooled', 'dedicated')),
  requests_per_minute integer not null check (requests_per_minute between 60 and 1000000),
  schema_version integer not null default 0,
  version bigint not null,
  created_at timestamptz not null default now(),
  suspended_at timestamptz,
  erased_at timestamptz
);
create index tenants_version on tenants (version);

-- One number for the registry as a whole. Its row is locked until the change
-- commits, so numbers become visible in their order and a follower that asks
-- for what came after a number misses nothing.
create table registry_version (
  the_only_row boolean primary key default true check (the_only_row),
  value bigint not null
);
insert into registry_version (value) values (0);

create function next_registry_version() returns trigger language plpgsql as $$
begin
  execute format('update %I.registry_version set value = value + 1 returning value', tg_table_schema) into new.version;
  return new;
end
$$;
create trigger tenants_version before insert or update on tenants
  for each row execute function next_registry_version();

-- Schemas that are migrated and belong to nobody yet.
create table spares (
  schema_name text primary key,
  made_at timestamptz not null default now()
);

-- What must not be lost on its way to the queue: written in the transaction
-- of the change it tells of, taken by the relay.
create table outbox (
  id bigint generated always as identity,
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  topic text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  primary key (id)
);
create index outbox_tenant on outbox (tenant_id, id);
alter table outbox enable row level security;
alter table outbox force row level security;
create policy tenant_isolation on outbox for all
  using (tenant_id = current_setting('app.current_tenant'))
  with check (tenant_id = current_setting('app.current_tenant'));
create policy relay on outbox for all to relay using (true) with check (true);

grant select on tenants, registry_version, ledger to app;
grant select, insert on outbox to tenants;
grant select, delete on outbox to relay;
