-- What Admin's lists and its users need.

alter table roles
  add column created_at timestamptz not null default now(),
  add column updated_at timestamptz not null default now(),
  add column version integer not null default 1;

-- A password that somebody else has set is good for one thing, until then: to
-- be replaced by one's own. None where the password is one's own.
alter table users add column password_expires_at timestamptz;
create index users_name on users (tenant_id, name, id);
create index users_role on users (tenant_id, role);

create index leads_created on leads (tenant_id, created_at, id);
create index tickets_created on tickets (tenant_id, created_at, id);
alter table tickets add column updated_at timestamptz not null default now();
alter table services add column created_at timestamptz not null default now();
