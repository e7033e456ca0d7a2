-- What the storage could not forget is tried again later, so that it does not stand before everything else.
alter table storage_drop add column due_at timestamptz not null default now();
create index storage_drop_due on storage_drop (due_at);
