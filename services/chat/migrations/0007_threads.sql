-- Threads. A message becomes the root of one with the first reply to it; replies are messages with thread_id.
-- What a root shows of its thread is kept here, so that showing it is one look-up. Rows change under the lock of the
-- channel's head only.
create table thread (
    root_id bigint primary key,
    channel_id bigint not null,
    reply_count integer not null, -- of replies that are not deleted
    last_seq bigint not null, -- of the newest reply, deleted or not
    last_reply_id bigint, -- of those that are not deleted; null: there is none left
    last_reply_at timestamptz,
    user_ids bigint[] not null -- who replied, the latest first, five at most
) with (fillfactor = 70);

-- Who follows, or has stopped to (following = false), and up to which seq he has read the thread.
create table thread_follow (
    root_id bigint not null,
    user_id bigint not null,
    following boolean not null,
    participant boolean not null default false, -- has replied
    read_seq bigint not null,
    primary key (root_id, user_id)
) with (fillfactor = 80);
create index thread_follow_user on thread_follow (user_id) where following;

-- For pages of a thread and for counting what is unread in it; few messages are replies.
create index message_thread on message (thread_id, seq) where thread_id is not null;
create index message_thread_mentions on message (thread_id, seq) where thread_id is not null and mentions <> '{}';

-- A list of users, the latest first, five at most, with one more; and the same for all rows of a group in their order.
create function latest_first(users bigint[], usr bigint) returns bigint[]
language sql immutable parallel safe
return (array_prepend(usr, array_remove(users, usr)))[1:5];
create aggregate latest_users(bigint) (sfunc = latest_first, stype = bigint[], initcond = '{}');
create function latest_of(newer bigint[], older bigint[]) returns bigint[]
language sql immutable parallel safe
return (select (newer || coalesce(array_agg(o.usr order by o.place) filter (where o.usr <> all (newer)), '{}'))[1:5]
        from unnest(older) with ordinality o (usr, place));

-- What is shown of a thread, in its root and in events.
create type thread_shape as (reply_count integer, last_reply_at text, last_reply_id bigint, user_ids bigint[]);
create function thread_json(t thread) returns json language sql stable parallel safe as $$
select row_to_json(row(t.reply_count, iso(t.last_reply_at), t.last_reply_id, t.user_ids)::thread_shape)
$$;
create or replace function message_thread(message bigint) returns json language sql stable parallel safe as $$
select thread_json(t) from thread t where t.root_id = $1 and t.reply_count > 0 limit 1
$$;

-- The body of chat_message where the message is a reply: with what its root shows from now on.
create function reply_event(channel bigint, seq bigint, thread json, message json) returns json
language sql immutable parallel safe
return event_body('chat_message', channel, seq, (case when thread is null then '{' else '{"thread":' || thread::text || ',' end
    || '"message":' || message::text || '}')::json);

-- The thread that a message is the root of, or could be, or is a reply in. A deleted message keeps its thread, but gets none.
create function thread_place(message bigint, out root bigint, out channel_id bigint, out is_open boolean,
                             out replied integer, out talked bigint[]) returns setof record
language sql stable parallel safe as $$
select r.id, r.channel_id, r.deleted_at is null or t.root_id is not null, coalesce(t.reply_count, 0), coalesce(t.user_ids, '{}')
from (select coalesce(m.thread_id, m.id) as root from message m where m.id = $1 limit 1) m
cross join lateral (select r.id, r.channel_id, r.deleted_at from message r where r.id = m.root limit 1) r
left join lateral (select t.root_id, t.reply_count, t.user_ids from thread t where t.root_id = m.root limit 1) t on true
$$;

-- Unread replies of others in a thread, counted up to 100; those that mention the user.
create function thread_unread(root bigint, usr bigint, after bigint) returns bigint
language sql stable parallel safe
return (select count(*) from (select from message g where g.thread_id = $1 and g.seq > $3 and g.user_id <> $2
        and g.deleted_at is null order by g.seq limit 100) x);
create function thread_mentions(root bigint, usr bigint, after bigint) returns bigint
language sql stable parallel safe
return (select count(*) from (select from message g where g.thread_id = $1 and g.seq > $3 and g.mentions <> '{}'
        and $2 = any (g.mentions) and g.user_id <> $2 and g.deleted_at is null order by g.seq limit 100) x);

-- Whoever deletes a reply, and however: its thread shows what is left. The head is locked, as for all that changes the channel.
-- Who replied is looked for among the newest 200.
create function reply_uncounted() returns trigger language plpgsql as $$
begin
    update thread t set reply_count = t.reply_count - 1, last_reply_id = l.id, last_reply_at = l.created_at, user_ids = u.users
    from (values (1)) one
    left join lateral (select m.id, m.created_at from message m where m.thread_id = new.thread_id and m.deleted_at is null
                       order by m.seq desc limit 1) l on true
    left join lateral (select coalesce(latest_users(x.user_id order by x.seq), '{}') as users
                       from (select m.user_id, m.seq from message m where m.thread_id = new.thread_id and m.deleted_at is null
                             order by m.seq desc limit 200) x) u on true
    where t.root_id = new.thread_id;
    return null;
end
$$;
create trigger reply_uncounted after update of deleted_at on message
    for each row when (new.thread_id is not null and old.deleted_at is null and new.deleted_at is not null)
    execute function reply_uncounted();

-- What a thread is to a user (shape thread_state).
create function thread_state(root bigint, channel bigint, usr bigint) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select $1 as message_id, $2 as channel_id, coalesce(f.following, false) as following, coalesce(f.read_seq, 0) as read_seq,
           case when f.following then thread_unread($1, $3, f.read_seq) else 0 end as unread_count,
           case when f.following then thread_mentions($1, $3, f.read_seq) else 0 end as mention_count
    from (values (1)) one left join lateral
        (select f.following, f.read_seq from thread_follow f where f.root_id = $1 and f.user_id = $3 limit 1) f on true) w
$$;

-- How much is unread of the threads that a user follows, in channels that he is in.
create function thread_counts(usr bigint, org bigint) returns json language sql stable parallel safe as $$
select row_to_json(w) from (select count(*) as unread_count, coalesce(sum(n.mentions), 0) as mention_count
from thread_follow f
cross join lateral (select t.channel_id from thread t where t.root_id = f.root_id and t.last_seq > f.read_seq limit 1) t
cross join lateral (select from channel c where c.id = t.channel_id and c.org_id = $2 and c.deleted_at is null limit 1) c
cross join lateral (select from member m where m.channel_id = t.channel_id and m.user_id = $1 limit 1) m
cross join lateral (select thread_mentions(f.root_id, $1, f.read_seq) as mentions) n
where f.user_id = $1 and f.following and thread_unread(f.root_id, $1, f.read_seq) > 0) w
$$;

-- Quotes are shown from here on.
update message set extras = extras | 32 where reply_to_id is not null;
