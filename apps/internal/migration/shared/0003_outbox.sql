-- The outbox as jobs takes it: an entry is one job by its tenant, kind and key,
-- is kept until the job is done, and is held by one relay at a time.
alter table outbox rename column topic to kind;
alter table outbox rename column payload to body;
alter table outbox
  add column key text not null check (key <> '' and octet_length(key) <= 200),
  add column sent_at timestamptz,
  add column held_until timestamptz,
  add constraint outbox_job unique (tenant_id, kind, key);
create index outbox_due on outbox (kind, sent_at nulls first, id);

grant update (sent_at, held_until) on outbox to relay;
grant select (id, state) on tenants to relay;
