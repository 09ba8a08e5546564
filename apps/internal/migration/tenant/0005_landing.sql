-- What a visitor of the public site leaves: more kinds of leads, with the
-- consent that each gave, and subscriptions that a payment provider confirms.

alter table leads drop constraint leads_kind_check;
alter table leads
  add constraint leads_kind_check check (kind in ('contact', 'signup', 'appointment')),
  add column about text not null default '', -- the plan or service, as the visitor saw it
  add column wanted_on date,
  add column consent text not null default '', -- the sentence that was agreed to
  add column consented_at timestamptz,
  add constraint leads_consent check (consent = '' or consented_at is not null);

alter table subscriptions
  add column method text not null default 'card' check (method in ('card', 'pix')),
  add column checkout_url text not null default '',
  add column activated_at timestamptz;

-- Each message of a payment provider counts once.
create table payment_events (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  provider text not null,
  event text not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, provider, event)
);
