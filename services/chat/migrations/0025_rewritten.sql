-- The log is kept for 30 days, and who joins later reads it from its beginning. So what a message said before it was edited or deleted goes from
-- it in the transaction that does that: by a trigger, however it is done. The seqs stay, and whoever applies the log comes to what the history shows.

-- Of an event that shows a whole message, besides the one that posted it (that is found by its seq). Null in all others, so that posting does
-- not pay for the index, and once the text is gone: a message that is edited a thousand times is not gone through a thousand times.
alter table event add column message_id bigint;
create index event_message on event (message_id) where message_id is not null;
create index message_quoting on message (reply_to_id, id) where reply_to_id is not null;

create or replace function append_event(channel bigint, kind integer, type text, org bigint, usr bigint, rest json,
                                        out seq bigint, out body json)
language plpgsql as $$
begin
    update channel_head h set seq = h.seq + 1 where h.channel_id = channel returning h.seq into strict seq;
    body := event_body(type, channel, seq, rest);
    insert into event (kind, org_id, user_id, channel_id, seq, body, message_id)
    values (kind, org, usr, channel, seq, body, case when kind in (1202, 1204) then (rest -> 'message' ->> 'id')::bigint end);
end
$$;

-- An object with another value of a member that it has.
create function json_with(j json, member text, value json) returns json language sql immutable parallel safe
return (select '{' || coalesce(string_agg(to_json(x.key)::text || ':' || (case when x.key = member then $3 else x.value end)::text, ',' order by x.place), '') || '}'
        from json_each($1) with ordinality x (key, value, place))::json;

-- A message as the event of its posting shows it: what came later (reactions, pins, a thread, previews) is told by events of its own.
create function message_posted(m message) returns json language plpgsql stable as $$
begin
    m.extras := m.extras & ~23;
    return message_json(m);
end
$$;

-- The same with nothing that it said; a later event has the whole of it.
create function message_blank(m message) returns json language plpgsql stable as $$
begin
    m.content := '';
    m.mentions := '{}';
    m.mention_all := null;
    m.mention_groups := null;
    m.extras := m.extras & 64;
    return message_json(m);
end
$$;

-- Messages whose quotes elsewhere in the log are to be written anew after the id: more than the trigger does itself.
create table requote (
    message_id bigint primary key,
    after_id bigint not null
);

-- What the events of messages that quote another show of it. The id up to which it has come; null when it was the last.
create function requote_share(quoted bigint, after bigint, share integer) returns bigint language plpgsql set enable_seqscan = off as $$
declare
    quote json := message_quote(quoted);
    m record;
    last bigint;
    n integer := 0;
begin
    for m in select q.id, q.channel_id, q.seq from message q where q.reply_to_id = quoted and q.id > after order by q.id limit share loop
        update event e set body = json_with(e.body, 'message', json_with(e.body -> 'message', 'quote', quote))
        where e.channel_id = m.channel_id and e.seq = m.seq and e.body -> 'message' -> 'quote' is not null;
        update event e set body = json_with(e.body, 'message', json_with(e.body -> 'message', 'quote', quote))
        where e.message_id = m.id and e.body -> 'message' -> 'quote' is not null;
        n := n + 1;
        last := m.id;
    end loop;
    return case when n = share then last end;
end
$$;

-- The chore: whether there was something to do.
create function requote_step(share integer) returns boolean language plpgsql as $$
declare
    r requote;
    done bigint;
begin
    select x.* into r from requote x order by x.message_id limit 1 for update skip locked;
    if not found then
        return false;
    end if;
    done := requote_share(r.message_id, r.after_id, share);
    if done is null then
        delete from requote x where x.message_id = r.message_id;
    else
        update requote x set after_id = done where x.message_id = r.message_id;
    end if;
    return true;
end
$$;

-- The events of a message as it is now. Of an edited one the newest that shows it has all of it already. Under the lock of the channel's head.
create function message_rewrite(m message) returns void language plpgsql set enable_seqscan = off as $$
declare
    posted xid8;
    done bigint;
begin
    update event e set body = json_with(e.body, 'message', message_posted(m))
    where e.channel_id = m.channel_id and e.seq = m.seq returning e.tx into posted;
    update event e set body = json_with(e.body, 'message', message_blank(m)), message_id = null
    where e.message_id = m.id
        and (m.deleted_at is not null or e.seq < (select max(x.seq) from event x where x.message_id = m.id));
    -- Whom notify would tell of it, if it has not yet: in events of the transaction that posted it.
    if m.deleted_at is not null and posted is not null and m.extras & 192 <> 0 then
        update event e set body = case when e.kind = 1246 then json_with(json_with(e.body, 'user_ids', '[]'), 'everyone', 'false')
                                       else json_with(e.body, 'user_ids', '[]') end
        where e.tx = posted and e.kind in (1206, 1246) and (e.body ->> 'message_id')::bigint = m.id;
    end if;
    done := requote_share(m.id, 0, 100);
    if done is not null then
        insert into requote values (m.id, done) on conflict (message_id) do update set after_id = excluded.after_id;
    end if;
end
$$;

create function message_rewritten() returns trigger language plpgsql as $$
begin
    perform message_rewrite(new);
    return null;
end
$$;
create trigger message_rewritten after update of content, deleted_at on message
    for each row when (old.deleted_at is null and (new.deleted_at is not null or new.content <> old.content))
    execute function message_rewritten();

-- What hangs on a message, previews of its links too.
create or replace function drop_marks(message bigint) returns void language sql as $$
    delete from reaction where message_id = $1;
    delete from reaction_kind where message_id = $1;
    delete from pin where message_id = $1;
    delete from saved where message_id = $1;
    delete from message_preview where message_id = $1;
$$;

-- What is in the log already.
delete from message_preview p using message m where m.id = p.message_id and m.deleted_at is not null;
update event e set message_id = (e.body -> 'message' ->> 'id')::bigint where e.kind in (1202, 1204);
do $$
declare
    m message;
begin
    for m in select x.* from message x where x.id in (select (e.body ->> 'message_id')::bigint from event e where e.kind = 1203)
        or x.edited_at is not null and x.id in (select e.message_id from event e where e.kind = 1202) order by x.id
    loop
        perform message_rewrite(m);
    end loop;
end
$$;
