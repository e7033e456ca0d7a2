-- What messages are found by, kept up to date by a job that follows the log (source 'search' of consumer_position), so that posting
-- does not pay for it. Lexemes of `words`: words, =stems, and what is filtered by, behind a colon: :o organisation, :c channel, :u author,
-- :h what it has, :x :y :z the blocks of ids that it is in (domain/walk.h).
create table search_message (
    message_id bigint primary key,
    channel_id bigint not null,
    created_at timestamptz not null,
    words tsvector not null
);
alter table search_message alter column words set statistics 0; -- nothing is planned by it
-- What was added last is in a list that every search reads: it is kept short.
create index search_words on search_message using gin (words) with (fastupdate = on, gin_pending_list_limit = 512);

-- Events of transactions that may be under way now are followed; what was committed before is indexed by going down the ids.
insert into consumer_position (source, tx, id)
values ('search', pg_snapshot_xmin(pg_current_snapshot())::text::xid8, 0);
create table search_backfill (
    next bigint not null -- messages below it are not indexed yet
);
insert into search_backfill (next) select coalesce(max(id), 0) + 1 from message;

-- The first message at or after a time, or nearly: ids follow time but for what is committed side by side.
create function search_first(at timestamptz) returns bigint
language plpgsql stable as $$
declare
    low bigint := 0;
    high bigint := (select coalesce(max(message_id), 0) + 1 from search_message);
    middle bigint;
    found_at timestamptz;
begin
    while low < high loop
        middle := (low + high) / 2;
        select s.created_at into found_at from search_message s where s.message_id >= middle order by s.message_id limit 1;
        if found_at >= at then
            high := middle;
        else
            low := middle + 1;
        end if;
    end loop;
    return low;
end
$$;

-- What a message is filtered by beside its words.
create function search_marks(m message) returns text[] language sql stable parallel safe as $$
select array_remove(array[
    case when m.extras & 8 <> 0 or m.message_type in ('file', 'image') then 'file' end,
    case when m.message_type = 'image' or (m.extras & 8 <> 0 and exists (select from json_array_elements(message_attachments(m.id)) a
        where a->>'mime_type' like 'image/%')) then 'image' end,
    case when m.extras & 2 <> 0 then 'reaction' end,
    case when m.extras & 4 <> 0 then 'pinned' end,
    case when m.extras & 65 <> 0 then 'thread' end], null)
$$;

-- What everybody of an organisation may read: whether that is a few channels or many.
create index channel_public on channel (org_id, id) where type = 'public' and deleted_at is null;
