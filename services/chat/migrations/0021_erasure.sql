-- Users who were erased. Once nobody can write under the old name any more (after_tx), a chore goes through it a share at a time, and the
-- place where it is stands here, moved in the transaction of the share: stage 0 what he kept for himself, 1 his messages (channel by channel,
-- by client_id), 2 the log (by tx and id, up to what was there when the messages were done), 3 the end. Everything it does can be done again.
create table erasure (
    user_id bigint primary key,
    org_id bigint not null,
    username text not null, -- from now on
    remove_content boolean not null,
    after_tx xid8 not null default pg_current_xact_id(),
    stage integer not null default 0,
    channel_id bigint not null default 0,
    client_id uuid,
    event_tx xid8 not null default '0',
    event_id bigint not null default 0,
    until_tx xid8,
    done_at timestamptz
);
create index erasure_open on erasure (user_id) where done_at is null;

-- By the follower of auth; a second one that removes more begins again.
create function erasure_begin(usr bigint, org bigint, new_name text, remove boolean) returns void language sql as $$
    insert into erasure as e (user_id, org_id, username, remove_content) values (usr, org, new_name, remove)
    on conflict (user_id) do update set remove_content = true, after_tx = pg_current_xact_id(), stage = 0, channel_id = 0, client_id = null,
        event_tx = '0', event_id = 0, until_tx = null, done_at = null
        where excluded.remove_content and not e.remove_content;
    -- Here, and not only with user.updated: what begins after this transaction writes the new name.
    update user_copy u set username = new_name, display_name = new_name, profile_picture = null, status_text = '', is_active = false
    where u.user_id = usr;
$$;

-- An event's body, or a part of it, without the user. Members keep their order, and what is not about him stays as it is. A message whose
-- contents are removed is shown as the history shows it.
create function erased_json(j json, usr bigint, new_name text, remove boolean) returns json language plpgsql stable as $$
declare
    owner bigint;
    shown json;
begin
    if json_typeof(j) = 'array' then
        return (select coalesce('[' || string_agg(erased_json(x.value, usr, new_name, remove)::text, ',' order by x.place) || ']', '[]')
                from json_array_elements(j) with ordinality x (value, place))::json;
    elsif json_typeof(j) is distinct from 'object' then
        return j;
    end if;
    owner := case when j ->> 'user_id' ~ '^\d+$' then (j ->> 'user_id')::bigint
                  when j ->> 'author_id' ~ '^\d+$' then (j ->> 'author_id')::bigint
                  when j -> 'user_id' is null and j ->> 'id' ~ '^\d+$' then (j ->> 'id')::bigint end;
    if remove and owner = usr and j ->> 'client_id' is not null then
        shown := (select message_json(m) from message m where m.id = (j ->> 'id')::bigint);
        if shown is not null then
            return shown;
        end if;
    end if;
    return (select '{' || string_agg(to_json(x.key)::text || ':' || (case
                when owner = usr and x.key in ('username', 'display_name') then to_json(new_name)
                when owner = usr and x.key = 'profile_picture' then 'null'::json
                when owner = usr and x.key = 'status_text' then to_json(''::text)
                when owner = usr and remove and x.key = 'content' then to_json(''::text)
                when owner = usr and remove and x.key = 'is_deleted' then to_json(true)
                else erased_json(x.value, usr, new_name, remove) end)::text, ',' order by x.place) || '}'
            from json_each(j) with ordinality x (key, value, place))::json;
end
$$;

-- What the user kept for himself, and in replies to others that are kept for repeats his name.
create function erase_personal(e erasure) returns void language plpgsql as $$
begin
    delete from draft d where d.user_id = e.user_id;
    delete from saved s where s.user_id = e.user_id;
    delete from scheduled s where s.user_id = e.user_id;
    delete from favorite f where f.user_id = e.user_id;
    delete from section s where s.user_id = e.user_id;
    delete from section_channel s where s.user_id = e.user_id;
    delete from preference p where p.user_id = e.user_id;
    delete from user_group_member g where g.user_id = e.user_id;
    delete from thread_follow t where t.user_id = e.user_id;
    delete from here h where h.user_id = e.user_id;
    delete from idempotency i where i.user_id = e.user_id;
    update idempotency i set body = erased_json(i.body::json, e.user_id, e.username, e.remove_content)::text
    where i.body like '{%' and i.body ~ ('"(user_id|author_id|id)" ?: ?' || e.user_id || '[,} ]');
    delete from dead_event d where d.body::text ~ ('"(user_id|author_id|id)" ?: ?' || e.user_id || '[,} ]');
    -- Files go by the collection, and their bytes with them.
    update file f set expires_at = now() where f.user_id = e.user_id and (f.message_id is null or e.remove_content);
    if e.remove_content then
        delete from preview_task t where t.user_id = e.user_id;
    end if;
end
$$;

-- Makes one message of the user a deleted one, without what it said. Under the lock of the channel's head. seq null: it was deleted before.
create function erase_message(m message, e erasure, out seq bigint, out body json) language plpgsql as $$
begin
    delete from message_version v where v.message_id = m.id;
    with gone as (delete from message_preview p where p.message_id = m.id returning p.preview_id)
    delete from preview p using gone g where p.id = g.preview_id
        and not exists (select from message_preview x where x.preview_id = p.id and x.message_id <> m.id);
    if m.deleted_at is not null then
        update message x set username = e.username, content = '' where x.id = m.id;
        return;
    end if;
    update message x set username = e.username, content = '', deleted_at = statement_timestamp(), deleted_by = e.user_id where x.id = m.id;
    perform drop_marks(m.id);
    select a.seq, a.body into seq, body from (
        select case when m.thread_id is null then
            (select row_to_json(w) from (select m.id as message_id, e.user_id as deleted_by) w) else
            (select row_to_json(w) from (select m.id as message_id, e.user_id as deleted_by, m.thread_id,
             (select thread_json(t) from thread t where t.root_id = m.thread_id limit 1) as thread) w) end as rest offset 0) b,
        append_event(m.channel_id, 1203, 'message_deleted', e.org_id, e.user_id, b.rest) a;
end
$$;

-- The next share of the work, with the events to publish; kind 0 and no body: there was work, but nothing to tell.
create function erase_step(messages integer, events integer, out kind integer, out org bigint, out usr bigint, out channel bigint,
                           out seq bigint, out body json) returns setof record language plpgsql as $$
declare
    e erasure;
    m message;
    last record;
begin
    select x.* into e from erasure x where x.done_at is null and x.after_tx < pg_snapshot_xmin(pg_current_snapshot())
        order by x.user_id limit 1 for update skip locked;
    if not found then
        return;
    end if;
    kind := 0;
    org := e.org_id;
    usr := e.user_id;
    return next;
    if e.stage = 0 then
        perform erase_personal(e);
        update erasure x set stage = 1 where x.user_id = usr;
    elsif e.stage = 1 then
        select c.id into channel from channel c where c.org_id = org and c.id >= e.channel_id
            and exists (select from message g where g.channel_id = c.id and g.user_id = usr
                        and (c.id > e.channel_id or e.client_id is null or g.client_id > e.client_id))
            order by c.id limit 1;
        if channel is null then
            update erasure x set stage = 2, until_tx = pg_current_xact_id() where x.user_id = usr;
            return;
        end if;
        if channel > e.channel_id then
            e.client_id := null;
        end if;
        perform from channel_head h where h.channel_id = channel for update;
        for m in select g.* from message g where g.channel_id = channel and g.user_id = usr and (e.client_id is null or g.client_id > e.client_id)
            order by g.client_id limit messages
        loop
            if e.remove_content and m.message_type <> 'system' then
                select x.seq, x.body into seq, body from erase_message(m, e) x;
                if seq is not null then
                    kind := 1203;
                    return next;
                end if;
            else
                update message g set username = e.username where g.id = m.id and g.username <> e.username;
            end if;
            e.client_id := m.client_id;
        end loop;
        update erasure x set channel_id = channel, client_id = e.client_id where x.user_id = usr;
    elsif e.stage = 2 then
        select max(v.tx::text::bigint) as tx, max(v.id) as id, count(*) as n into last from (
            select v.tx, v.id, row_number() over (order by v.tx desc, v.id desc) as back from (
                select v.tx, v.id from event v where (v.tx, v.id) > (e.event_tx, e.event_id) and v.tx <= e.until_tx and v.tx < pg_snapshot_xmin(pg_current_snapshot())
                order by v.tx, v.id limit events) v) v where v.back = 1;
        if last.n > 0 then
            update event v set body = erased_json(v.body, usr, e.username, e.remove_content)
            where (v.tx, v.id) > (e.event_tx, e.event_id) and (v.tx, v.id) <= (last.tx::text::xid8, last.id) and v.org_id = e.org_id
                and v.body::text ~ ('"(user_id|author_id|id)" ?: ?' || usr || '[,} ]');
            update erasure x set event_tx = last.tx::text::xid8, event_id = last.id where x.user_id = usr;
        elsif e.until_tx < pg_snapshot_xmin(pg_current_snapshot()) then
            update erasure x set stage = 3 where x.user_id = usr;
        end if;
    else
        kind := 1264;
        channel := null;
        seq := 0;
        body := json_build_object('user_id', usr, 'organization_id', org, 'username', e.username, 'remove_content', e.remove_content);
        insert into event (kind, org_id, user_id, body) values (1264, org, usr, erase_step.body);
        update erasure x set done_at = now() where x.user_id = usr;
        return next;
    end if;
end
$$;
