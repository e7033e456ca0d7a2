-- Users who were erased: chat tells it when everything that comes after it in its log has the new name, and a chore goes through what was
-- told before, a share at a time. Done again it changes nothing.
create table erasure (
    user_id bigint primary key,
    org_id bigint not null,
    username text not null,
    next_notification bigint not null default 0,
    next_run bigint not null default 0,
    until bigint not null -- the ids that there were
);

-- The texts of domain/text.c with another author: his name is the second word, or what stands before the channel.
create function erased_text(kind text, said text, new_name text) returns text language sql immutable parallel safe
return case when kind in ('mention', 'thread_reply', 'user_joined', 'user_left', 'channel_created') then
                regexp_replace(said, '^(\S+) \S+', '\1 ' || new_name)
            when kind = 'message' then regexp_replace(said, ' (from|de) \S+ (in|en) #', ' \1 ' || new_name || ' \2 #')
            else said end;

create function erase_begin(usr bigint, org bigint, new_name text) returns void language sql as $$
    delete from idempotency i where i.user_id = usr;
    delete from read_mark r where r.user_id = usr;
    delete from read_one r where r.user_id = usr;
    delete from dead_event d where d.body::text ~ ('"(user_id|author_id|id)" ?: ?' || usr || '[,} ]');
    insert into erasure (user_id, org_id, username, until) values (usr, org, new_name, notification_head())
    on conflict (user_id) do update set next_notification = 0, next_run = 0, until = excluded.until;
$$;

create function erase_step(share integer) returns void language plpgsql as $$
declare
    e erasure;
    last_notification bigint;
    last_run bigint;
begin
    select x.* into e from erasure x order by x.user_id limit 1 for update skip locked;
    if not found then
        return;
    end if;
    select max(x.id) into last_notification from (select n.id from notification n
        where n.org_id = e.org_id and n.id > e.next_notification and n.id <= e.until order by n.id limit share) x;
    select max(x.last_id) into last_run from (select r.last_id from message_run r
        where r.last_id > e.next_run and r.first_id <= e.until order by r.last_id limit share) x;
    delete from notification n
    where n.org_id = e.org_id and n.id > e.next_notification and n.id <= last_notification and n.user_id = e.user_id;
    update notification n set text_en = erased_text(n.kind, n.text_en, e.username), text_es = erased_text(n.kind, n.text_es, e.username)
    where n.org_id = e.org_id and n.id > e.next_notification and n.id <= last_notification and n.actor_id = e.user_id;
    update message_run r set usernames = array(select case when u.actor = e.user_id then e.username else u.name end
        from unnest(r.actor_ids, r.usernames) with ordinality u (actor, name, place) order by u.place)
    where r.last_id > e.next_run and r.last_id <= last_run and r.org_id = e.org_id and e.user_id = any (r.actor_ids);
    if last_notification is null and last_run is null then
        delete from erasure x where x.user_id = e.user_id;
    else
        update erasure x set next_notification = coalesce(last_notification, x.next_notification), next_run = coalesce(last_run, x.next_run)
        where x.user_id = e.user_id;
    end if;
end
$$;
