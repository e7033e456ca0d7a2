-- Uploaded pictures are made safe before others get them: what a file is then served from is the picture as it was written anew, and
-- a thumbnail that is a blob as well. processing: pending until then (nobody but its owner gets it), failed for what is
-- no picture that can be shown.
alter table file add column colour text;
alter table file add column thumbnail_hash bytea references blob (hash);
alter table file add column tries integer not null default 0;
alter table file add column due_at timestamptz not null default now();
create index file_thumbnail on file (thumbnail_hash) where thumbnail_hash is not null;
drop index file_processing;
create index file_processing on file (due_at) where processing = 'pending';

-- Types that can be made safe, up to 64 MiB.
create function is_picture(mime_type text, size bigint) returns boolean language sql immutable parallel safe
return mime_type in ('image/jpeg', 'image/png', 'image/gif', 'image/webp') and size <= 67108864;

update file set processing = 'failed', kind = 'file' where processing = 'pending' and not is_picture(mime_type, size);

create or replace function file_dropped() returns trigger language plpgsql as $$
begin
    if old.state = 'uploading' then
        insert into storage_drop values ('parts/' || old.id) on conflict do nothing;
    else
        insert into blob_check
        select h, now() + interval '10 minutes' from unnest(array[old.hash, old.thumbnail_hash]) h where h is not null
        group by h order by h
        on conflict (hash) do update set due_at = excluded.due_at;
    end if;
    return null;
end
$$;

-- What lies under a file besides its content is no name for it.
create or replace function file_json(f file) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select f.id, f.message_id, f.filename,
           '/files/' || f.id || case when f.url_name in ('info', 'url', 'thumbnail') then '' else '/' || f.url_name end as file_url,
           f.size as file_size, f.mime_type, f.kind, f.processing = 'pending' as processing, f.width, f.height, f.colour,
           f.thumbnails -> 0 ->> 'url' as thumbnail_url, coalesce(f.thumbnails, '[]') as thumbnails) w
$$;
