-- Who uses the system on a tenant's behalf, and what they may do.

create table roles (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  title text not null,
  permissions text[] not null default '{}',
  primary key (tenant_id, name)
);

create table users (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  login text not null check (starts_with(login, 'cliente_' || tenant_id || '_')),
  name text not null,
  email text not null check (email = lower(email)),
  role text not null,
  password_hash text check (starts_with(password_hash, '$argon2id$')), -- none: cannot sign in with a password
  state text not null default 'active' check (state in ('active', 'disabled')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  signed_in_at timestamptz,
  version integer not null default 1,
  primary key (tenant_id, id),
  unique (tenant_id, login),
  unique (tenant_id, email),
  foreign key (tenant_id, role) references roles (tenant_id, name)
);

-- Kept for ever: a tenant's role may add to it and read it, and no more.
create table audit (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id bigint generated always as identity,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  object text not null,
  detail jsonb not null default '{}',
  primary key (tenant_id, id)
);
create index audit_object on audit (tenant_id, object, id);

create table settings (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  name text not null check (name ~ '^[a-z][a-z0-9_.]{0,59}$'),
  value jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

create table files (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  path text not null check (starts_with(path, 'media/tenant_' || tenant_id || '/')),
  name text not null,
  media_type text not null,
  bytes bigint not null check (bytes >= 0),
  sha256 bytea not null check (length(sha256) = 32),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, path)
);
