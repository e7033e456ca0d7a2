-- The page of the database, from a live one:  ./run psql -At -f scripts/schema.sql >docs/schema.md
-- Mermaid's entity-relationship diagrams: a drawn line is a foreign key; a dotted one is a column named after a table, where the
-- services keep no key on purpose.
select $$# The database

One database, a schema and a role for each service that has data; no role can read another's schema, and no line crosses from one to another: what a service knows of
another's data is a copy (`…_copy`) that follows the other's event log. The gateway has none. This page is made from a live database by `scripts/schema.sql`, and a test
keeps it true. A drawn line is a foreign key; a dotted one is a column that names a row of the other table without a key, because rows there are never removed or are removed later. `user_id` is a user everywhere, and not drawn.
Why the tables are as they are is said where they are made: `services/*/migrations/`.$$;

with
tables as (
    select c.oid, n.nspname as owner, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname in ('auth', 'chat', 'notify', 'admin') and c.relname <> 'migration'
),
keys as ( -- a column of a primary key or of a foreign one
    select k.conrelid as oid, u.attnum, string_agg(distinct upper(k.contype::text || 'k'), ', ' order by upper(k.contype::text || 'k') desc) as marks
    from pg_constraint k cross join unnest(k.conkey) u (attnum) where k.contype in ('p', 'f') group by 1, 2
),
columns as (
    select t.oid, string_agg(format('        %s %s%s', replace(replace(replace(format_type(a.atttypid, null), 'timestamp with time zone', 'timestamptz'),
           'double precision', 'float8'), ' ', '_'), a.attname, coalesce(' ' || k.marks, '')), e'\n' order by a.attnum) as lines
    from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    left join keys k on k.oid = t.oid and k.attnum = a.attnum
    group by t.oid
),
drawn as (
    select f.oid, t.oid as target, f.owner, f.name, t.name as target_name, a.attname as label
    from pg_constraint k join tables f on f.oid = k.conrelid join tables t on t.oid = k.confrelid
    join pg_attribute a on a.attrelid = f.oid and a.attnum = k.conkey[1]
    where k.contype = 'f'
),
dotted as (
    select f.owner, f.name, t.name as target_name, a.attname as label
    from tables f join pg_attribute a on a.attrelid = f.oid and a.attnum > 0 and not a.attisdropped
    join tables t on t.owner = f.owner and a.attname in (t.name || '_id', replace(t.name, '_copy', '') || '_id') and t.oid <> f.oid
        and t.name not in ('user_copy', 'event')
    where not exists (select from drawn d where d.oid = f.oid and d.target = t.oid)
),
lines as (
    select owner, name, target_name, format('    %s }o--|| %s : %s', name, target_name, label) as line from drawn
    union all
    select owner, name, target_name, format('    %s }o..o| %s : %s', name, target_name, label) from dotted
)
select format(e'\n## %s\n\n```mermaid\nerDiagram\n%s\n%s\n```', o.owner,
    (select string_agg(format(e'    %s {\n%s\n    }', t.name, c.lines), e'\n' order by t.name collate "C") from tables t join columns c using (oid) where t.owner = o.owner),
    (select string_agg(l.line, e'\n' order by l.line collate "C") from lines l where l.owner = o.owner))
from unnest(array['auth', 'chat', 'notify', 'admin']) with ordinality o (owner, place) order by o.place;
