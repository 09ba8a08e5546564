-- What the public site brings in, and the figures of the business.

create table leads (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('contact', 'signup')),
  name text not null check (name <> ''),
  email text not null,
  phone text not null default '',
  message text not null default '',
  state text not null default 'new' check (state in ('new', 'contacted', 'won', 'lost')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (tenant_id, id)
);
create index leads_state on leads (tenant_id, state, created_at);

create table subscriptions (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  email text not null,
  plan text not null,
  monthly_cents bigint not null check (monthly_cents >= 0),
  state text not null check (state in ('pending', 'active', 'cancelled')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (tenant_id, id)
);
create index subscriptions_state on subscriptions (tenant_id, state);

-- Counted by day and kind (visit, purchase, sign_in, a feature's use …): what
-- a chart needs, and no trace of a person.
create table figures (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  day date not null,
  kind text not null,
  value bigint not null default 0,
  primary key (tenant_id, day, kind)
);

create table tickets (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  subject text not null check (subject <> ''),
  body text not null default '',
  state text not null default 'open' check (state in ('open', 'resolved')),
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  version integer not null default 1,
  primary key (tenant_id, id)
);
create index tickets_state on tickets (tenant_id, state, created_at);
