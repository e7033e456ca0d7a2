-- Files: uploaded first (`uploading`, then `ready`), then attached to one message. Their bytes lie in the storage under the
-- location of their blob; files with the same content share one. A location is never used twice, so whatever is removed late
-- removes nothing that came after it.
create table blob (
    hash bytea primary key, -- SHA-256 of the content
    size bigint not null,
    location text not null unique,
    used_at timestamptz not null default now()
);

create table file (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    user_id bigint not null,
    filename text not null,
    url_name text not null, -- the same, percent-encoded
    metadata text not null default '', -- Upload-Metadata, as the client said it
    state text not null default 'uploading' check (state in ('uploading', 'ready')),
    kind text not null default 'file' check (kind in ('file', 'image', 'video', 'audio')),
    mime_type text not null default 'application/octet-stream', -- what the content is
    size bigint not null,
    received bigint not null default 0, -- bytes that are safe on the disk while it is uploading
    hash bytea references blob (hash),
    -- What a processor of images finds and makes; pending: one has to look at it.
    processing text not null default 'none' check (processing in ('none', 'pending', 'done', 'failed')),
    width integer,
    height integer,
    thumbnails jsonb,
    message_id bigint,
    place smallint, -- among the attachments of the message
    created_at timestamptz not null default now(),
    expires_at timestamptz, -- until it is attached
    check ((state = 'ready') = (hash is not null))
);
create index file_message on file (message_id, place) where message_id is not null;
create index file_hash on file (hash) where hash is not null;
create index file_expiry on file (expires_at) where expires_at is not null;
create index file_processing on file (id) where processing = 'pending';

-- Bytes that count against the quotas; user_id 0: the whole organisation.
create table file_usage (
    org_id bigint not null,
    user_id bigint not null,
    bytes bigint not null default 0,
    files bigint not null default 0,
    primary key (org_id, user_id)
) with (fillfactor = 50);

create function file_counted() returns trigger language plpgsql as $$
declare
    org bigint := coalesce(new.org_id, old.org_id);
    usr bigint := coalesce(new.user_id, old.user_id);
    delta bigint := coalesce(new.size, 0) - coalesce(old.size, 0);
    one integer := case tg_op when 'INSERT' then 1 when 'DELETE' then -1 else 0 end;
begin
    if delta <> 0 or one <> 0 then
        insert into file_usage as u (org_id, user_id, bytes, files) values (org, usr, delta, one)
        on conflict (org_id, user_id) do update set bytes = u.bytes + excluded.bytes, files = u.files + excluded.files;
        insert into file_usage as u (org_id, user_id, bytes, files) values (org, 0, delta, one)
        on conflict (org_id, user_id) do update set bytes = u.bytes + excluded.bytes, files = u.files + excluded.files;
    end if;
    return null;
end
$$;
create trigger file_counted after insert or delete or update of size on file for each row execute function file_counted();

-- What the storage still has to forget: locations of blobs, and of uploads that came to nothing.
create table storage_drop (location text primary key);

-- Blobs that may have lost their last file; looked at some time later.
create table blob_check (hash bytea primary key, due_at timestamptz not null);
create index blob_check_due on blob_check (due_at);

create function file_dropped() returns trigger language plpgsql as $$
begin
    if old.state = 'uploading' then
        insert into storage_drop values ('parts/' || old.id) on conflict do nothing;
    else
        insert into blob_check values (old.hash, now() + interval '10 minutes')
        on conflict (hash) do update set due_at = excluded.due_at;
    end if;
    return null;
end
$$;
create trigger file_dropped after delete on file for each row execute function file_dropped();

-- The files of a message that is deleted go at the next collection, whoever deletes it and why.
create function message_files_dropped() returns trigger language plpgsql as $$
begin
    update file set expires_at = now() where message_id = new.id;
    return null;
end
$$;
create trigger message_files_dropped after update of deleted_at on message for each row
when (old.extras & 8 <> 0 and old.deleted_at is null and new.deleted_at is not null) execute function message_files_dropped();

-- Signs the addresses that work without a token; one for all replicas.
create table file_secret (secret bytea not null);
insert into file_secret select decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');

-- A file as the API shows it (shape file).
create function file_json(f file) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select f.id, f.message_id, f.filename, '/files/' || f.id || '/' || f.url_name as file_url, f.size as file_size,
           f.mime_type, f.kind, f.width, f.height, f.thumbnails -> 0 ->> 'url' as thumbnail_url,
           coalesce(f.thumbnails, '[]') as thumbnails) w
$$;

create or replace function message_attachments(message bigint) returns json language sql stable parallel safe as $$
select coalesce(json_agg(file_json(f) order by f.place), '[]') from file f where f.message_id = $1
$$;
