-- How far each place of the storage was looked through for what nothing here refers to: what a process that died left between storing and
-- telling. `uploads` are those in parts to an object store.
create table storage_sweep (place text primary key, after text not null default '', due_at timestamptz not null);
insert into storage_sweep (place, due_at)
select p, now() + interval '10 minutes' from unnest(array['parts', 'blobs', 'objects', 'uploads']) p;
