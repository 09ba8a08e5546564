-- Rows of a clinic to look at, as the tenant's own role: what row level security
-- refuses is refused here too. Rows that are there stay as they are.
begin;
select set_config('role', 'tenant_' || :'tenant', true), set_config('search_path', 'tenant_' || :'tenant', true), set_config('app.current_tenant', :'tenant', true) \g /dev/null

insert into settings (name, value) values
  ('brand.name', to_jsonb(:'title'::text)),
  ('brand.colour', to_jsonb(:'colour'::text))
on conflict do nothing;

insert into services (id, name, minutes, price_cents)
select md5('service' || n)::uuid, name, minutes, cents from (values
  (1, 'Consulta', 30, 25000), (2, 'Retorno', 20, 0), (3, 'Avaliação física', 50, 18000), (4, 'Fisioterapia', 45, 14000), (5, 'Nutrição', 40, 16000)
) as s (n, name, minutes, cents)
on conflict do nothing;

insert into professionals (id, name, specialty, registration)
select md5('professional' || n)::uuid, name, specialty, registration from (values
  (1, 'Dra. Helena Prado', 'Clínica geral', 'CRM-SP 000001'), (2, 'Dr. Caio Nunes', 'Ortopedia', 'CRM-SP 000002'),
  (3, 'Lívia Souza', 'Fisioterapia', 'CREFITO 000003'), (4, 'Marcos Teixeira', 'Nutrição', 'CRN 000004')
) as p (n, name, specialty, registration)
on conflict do nothing;

-- Nobody has these names, addresses and telephone numbers.
insert into patients (id, name, birth, phone, email)
select md5('patient' || n)::uuid,
  (array['Ana','Bruno','Carla','Diego','Elisa','Fábio','Gabriela','Hugo','Inês','João'])[1 + n % 10] || ' ' ||
  (array['Silva','Souza','Costa','Oliveira','Pereira','Almeida','Ribeiro'])[1 + n % 7] || ' ' || :'tenant' || ' ' || n,
  date '1950-01-01' + (n * 421) % 24000, '(11) 90000-' || lpad(n::text, 4, '0'), 'paciente' || n || '@exemplo.invalid'
from generate_series(1, 60) n
on conflict do nothing;

insert into appointments (id, patient, professional, service, starts_at, ends_at, state)
select md5('appointment' || n)::uuid, md5('patient' || (1 + n % 60))::uuid, md5('professional' || (1 + n % 4))::uuid, md5('service' || (1 + n % 5))::uuid,
  at, at + interval '20 minutes',
  case when at < now() then (array['done','done','done','missed','cancelled'])[1 + n % 5] else (array['booked','confirmed'])[1 + n % 2] end
from (
  select n, date_trunc('day', now(), 'America/Sao_Paulo') + (n / 16 - 7) * interval '1 day' + interval '8 hours' + (n / 4 % 4) * interval '2 hours' as at
  from generate_series(0, 223) n
) as slots
on conflict do nothing;

insert into leads (id, kind, name, email, message)
select md5('lead' || n)::uuid, 'contact', 'Interessado ' || n, 'contato' || n || '@exemplo.invalid', 'Gostaria de marcar uma avaliação.'
from generate_series(1, 5) n
on conflict do nothing;

insert into figures (day, kind, value)
select current_date - n, kind, (40 + (n * 7) % 23) / weight from generate_series(0, 29) n, (values ('visit', 1), ('sign_in', 8)) as k (kind, weight)
on conflict do nothing;
commit;
