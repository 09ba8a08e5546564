-- Finds Portuguese words with and without their accents. It belongs to the
-- database, which all environments' schemas of it share.
create extension if not exists unaccent schema public;
do $$
begin
  if not exists (select from pg_ts_config where cfgname = 'pt_br' and cfgnamespace = 'public'::regnamespace) then
    create text search configuration public.pt_br (copy = pg_catalog.portuguese);
    alter text search configuration public.pt_br alter mapping for hword, hword_part, word with public.unaccent, pg_catalog.portuguese_stem;
  end if;
end
$$;
