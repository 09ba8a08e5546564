-- What can be searched for, whole: Elasticsearch has a copy, and PostgreSQL
-- answers while that is away.

create table search_documents (
  tenant_id text not null default current_setting('app.current_tenant') check (tenant_id <> ''),
  kind text not null,
  id text not null,
  title text not null,
  body text not null,
  updated timestamptz not null,
  words tsvector not null generated always as (
    setweight(to_tsvector('public.pt_br'::regconfig, title), 'A') || setweight(to_tsvector('public.pt_br'::regconfig, body), 'B')) stored,
  primary key (tenant_id, kind, id)
);
create index search_documents_words on search_documents using gin (words);
