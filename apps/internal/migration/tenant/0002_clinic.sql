-- The clinic: patients, those who treat them, and when.

create table patients (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  name text not null check (name <> ''),
  cpf text check (cpf ~ '^[0-9]{11}$'),
  birth date,
  phone text,
  email text,
  notes text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  search tsvector generated always as (to_tsvector('portuguese', name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || coalesce(cpf, ''))) stored,
  primary key (tenant_id, id),
  unique (tenant_id, cpf)
);
create index patients_name on patients (tenant_id, name, id);
create index patients_search on patients using gin (search);

create table professionals (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  name text not null check (name <> ''),
  specialty text not null default '',
  registration text not null default '', -- CRM, CRO, CREFITO …
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (tenant_id, id)
);
create index professionals_name on professionals (tenant_id, name, id);

create table services (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  name text not null check (name <> ''),
  minutes integer not null check (minutes between 5 and 1440),
  price_cents bigint not null check (price_cents >= 0),
  active boolean not null default true,
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table appointments (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  patient uuid not null,
  professional uuid not null,
  service uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  state text not null default 'booked' check (state in ('booked', 'confirmed', 'done', 'missed', 'cancelled')),
  notes text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, patient) references patients (tenant_id, id),
  foreign key (tenant_id, professional) references professionals (tenant_id, id),
  foreign key (tenant_id, service) references services (tenant_id, id)
);
create index appointments_day on appointments (tenant_id, starts_at, id);
create index appointments_patient on appointments (tenant_id, patient, starts_at);
create index appointments_professional on appointments (tenant_id, professional, starts_at);
