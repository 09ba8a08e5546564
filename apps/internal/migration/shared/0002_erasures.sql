-- The reports of erasures, each signed: what proves to a tenant, and to the
-- authority, that its data is gone.

create table erasures (
  tenant text primary key,
  report text not null,
  erased_at timestamptz not null default now()
);
