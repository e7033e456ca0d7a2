-- What is unread, as the difference of two numbers: nothing is counted when a client asks.
--   unread   = channel_head.messages - member.read_no
--   mentions = member.mention_count + channel_head.wide - member.wide_read
-- messages: how many messages the channel has had that count, that is all but system messages and those shown in a thread only;
-- deleted ones too. wide: how many of them have mentioned everyone (mention_all = 'channel'), which so touches no member.
-- read_no: what `messages` would be if everything had been read, taken so that the difference is exact: a message that is deleted
-- unread moves it too, one's own never count. It is computed when the marker (read_seq) moves: move_marker.
-- Columns with a default, so that the release before goes on beside this one. Messages that it still
-- writes have no number; they are counted instead (counted_after), and a marker at the head is right whatever there is.

-- As text, so that the table can get columns with a default.
create or replace function member_json(m member) returns json
language sql stable parallel safe as $$
select row_to_json(w) from (
    select m.user_id, coalesce(u.username, 'user-' || m.user_id) as username,
           coalesce(u.display_name, '') as display_name, m.role, iso(m.joined_at) as joined_at
    from (values (1)) one left join user_copy u on u.user_id = m.user_id) w
$$;

alter table channel_head
    add column messages bigint not null default 0,
    add column wide bigint not null default 0;
alter table member
    add column read_no bigint not null default 0,
    add column mention_count bigint not null default 0,
    add column wide_read bigint not null default 0,
    add column own_seq bigint, -- of the last message of his own that counts; null: unknown
    add column seen_seq bigint not null default 0; -- how far he had read when he moved the marker back
alter table message add column no bigint; -- what `messages` of the head was with it

-- Found by the marker when it moves: few messages are any of this.
create index message_deleted on message (channel_id, seq) where deleted_at is not null;
create index message_wide on message (channel_id, seq) where mention_all = 'channel';
drop index message_mentions;

-- Who was mentioned, as it was resolved when the message was sent or edited: by name, by a group or as one who was there (@here);
-- never the author. Not for messages that mention everyone, nor deleted ones.
create table mention (
    user_id bigint not null,
    channel_id bigint not null,
    seq bigint not null,
    in_channel boolean not null default true, -- false: in a thread only, and not counted for the channel
    primary key (user_id, channel_id, seq)
);
create index mention_message on mention (channel_id, seq);

create table user_group (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    name text not null,
    handle text not null,
    description text not null default '',
    created_by bigint not null,
    created_at timestamptz not null default now(),
    deleted_at timestamptz -- its id stands in old messages
);
create unique index user_group_handle on user_group (org_id, lower(handle)) where deleted_at is null;
create table user_group_member (
    group_id bigint not null references user_group (id),
    user_id bigint not null,
    primary key (group_id, user_id)
);

-- Who is connected, by the word of each gateway: what it does not repeat is over (person_is_here).
create unlogged table here (
    user_id bigint not null,
    gateway text not null,
    seen_at timestamptz not null,
    primary key (user_id, gateway)
);

-- What a user has chosen for himself; no row: the defaults.
create table preference (
    user_id bigint primary key,
    share_read_receipts boolean not null default true
);

-- Where there are messages already: a number for each member, by one pass over all of them.
update channel_head h set messages = c.n
from (select channel_id, count(*) as n from message where message_type <> 'system' and in_channel group by 1) c
where c.channel_id = h.channel_id;

insert into mention (user_id, channel_id, seq, in_channel)
select distinct u.id, m.channel_id, m.seq, m.in_channel from message m, unnest(m.mentions) u (id)
where m.mentions <> '{}' and m.deleted_at is null and u.id <> m.user_id;

update member m set read_no = h.messages - (s.total - s.upto) + s.own,
    mention_count = (select count(*) from mention x where x.user_id = m.user_id and x.channel_id = m.channel_id and x.seq > m.read_seq
        and x.in_channel)
from channel_head h, (
    select w.channel_id, w.user_id, w.upto, w.total, (select count(*) from message o where o.channel_id = w.channel_id
           and o.user_id = w.user_id and o.seq > w.seq and o.deleted_at is null and o.message_type <> 'system' and o.in_channel) as own
    from (select x.channel_id, x.user_id, x.seq, sum(x.one) over (partition by x.channel_id order by x.seq, x.user_id nulls first) as upto,
                 sum(x.one) over (partition by x.channel_id) as total
          from (select channel_id, read_seq as seq, user_id, 0 as one from member
                union all
                select channel_id, seq, null, 1 from message where message_type <> 'system' and in_channel and deleted_at is null) x) w
    where w.user_id is not null) s
where h.channel_id = m.channel_id and s.channel_id = m.channel_id and s.user_id = m.user_id;

-- How many messages that count come after a seq, deleted ones and everybody's; messages: of the head.
create function counted_after(channel bigint, seq bigint, messages bigint) returns bigint language sql stable parallel safe as $$
select coalesce((
    select case when m.no is not null then $3 - m.no
        else (select count(*) from message g where g.channel_id = $1 and g.seq > $2 and g.in_channel and g.message_type <> 'system') end
    from message m where m.channel_id = $1 and m.seq <= $2 order by m.seq desc limit 1), $3)
$$;

-- What one user has unread when his marker is at seq: all that counts but what is deleted and what is his own.
create function unread_after(channel bigint, usr bigint, seq bigint, messages bigint, own_seq bigint) returns bigint
language sql stable parallel safe as $$
select counted_after($1, $3, $4)
    - (select count(*) from message d where d.channel_id = $1 and d.seq > $3 and d.deleted_at is not null
       and d.in_channel and d.message_type <> 'system')
    - case when $5 <= $3 then 0 else
      (select count(*) from message o where o.channel_id = $1 and o.user_id = $2 and o.seq > $3 and o.deleted_at is null
       and o.in_channel and o.message_type <> 'system') end
$$;

create function wide_after(channel bigint, usr bigint, seq bigint) returns bigint language sql stable parallel safe as $$
select count(*) from message w where w.channel_id = $1 and w.seq > $3 and w.mention_all = 'channel' and w.deleted_at is null
    and w.in_channel and w.user_id <> $2
$$;

create function mentions_after(channel bigint, usr bigint, seq bigint) returns bigint language sql stable parallel safe as $$
select count(*) from mention x where x.user_id = $2 and x.channel_id = $1 and x.seq > $3 and x.in_channel
$$;

-- Whoever comes in, and by whatever way: his counts are those of his marker.
create function member_counted() returns trigger language plpgsql as $$
declare
    f record;
begin
    select h.messages - unread_after(new.channel_id, new.user_id, new.read_seq, h.messages, null) as read_no,
           mentions_after(new.channel_id, new.user_id, new.read_seq) as named,
           h.wide - wide_after(new.channel_id, new.user_id, new.read_seq) as wide_read
    into f from channel_head h where h.channel_id = new.channel_id;
    if found then
        new.read_no := f.read_no;
        new.mention_count := f.named;
        new.wide_read := f.wide_read;
    end if;
    return new;
end
$$;
create trigger member_counted before insert on member for each row execute function member_counted();

-- Moves a marker: forward, or with `back` to wherever. The row of the member is locked first and what is counted is read after
-- that, so that what others do to the same row meanwhile (mentions, deletions) is either seen or added to it afterwards.
-- Backwards that is not enough: a deletion passes over members who have read the message. So the channel waits.
create function move_marker(channel bigint, usr bigint, target bigint, back boolean,
                            out seq bigint, out unread bigint, out mentions bigint, out moved boolean)
language plpgsql as $$
declare
    m member;
    f record;
begin
    if back then
        perform from channel_head h where h.channel_id = channel for share;
    end if;
    select x.* into m from member x where x.channel_id = channel and x.user_id = usr for update;
    if not found then
        return;
    end if;
    select h.messages, h.wide, t.seq, t.moves,
           case when t.moves then unread_after(channel, usr, t.seq, h.messages, m.own_seq) end as unread,
           case when t.moves then mentions_after(channel, usr, t.seq) end as named,
           case when t.moves then wide_after(channel, usr, t.seq) end as wides
    into f from channel_head h,
        lateral (select x.seq, case when back then x.seq <> m.read_seq else x.seq > m.read_seq end as moves
                 from (select greatest(least(target, h.seq), 0) as seq) x) t
    where h.channel_id = channel;
    moved := f.moves;
    if moved then
        m.seen_seq := greatest(m.seen_seq, m.read_seq);
        m.read_seq := f.seq;
        m.read_no := f.messages - f.unread;
        m.mention_count := f.named;
        m.wide_read := f.wide - f.wides;
        update member x set read_seq = m.read_seq, read_no = m.read_no, mention_count = m.mention_count, wide_read = m.wide_read,
            seen_seq = m.seen_seq where x.channel_id = channel and x.user_id = usr;
    end if;
    seq := m.read_seq;
    unread := f.messages - m.read_no;
    mentions := m.mention_count + f.wide - m.wide_read;
end
$$;

-- The groups of the organisation behind these names (in lower case).
create function mentioned_groups(org bigint, names text[]) returns bigint[] language sql stable parallel safe as $$
select array_agg(g.id order by g.id) from user_group g
where g.org_id = $1 and lower(g.handle) = any($2) and g.deleted_at is null
$$;

-- The people of the organisation behind these names who are not in the channel.
create function mentioned_outside(org bigint, channel bigint, names text[]) returns bigint[] language sql stable parallel safe as $$
select array_agg(u.user_id order by u.user_id) from user_copy u
where u.org_id = $1 and lower(u.username) = any($3) and u.is_active
    and not exists (select from member m where m.channel_id = $2 and m.user_id = u.user_id)
$$;

-- Whether a member of the channel may mention everyone in it (domain/rules.h); where he may not, @channel is just a word.
create function may_mention_all(channel bigint, usr bigint, org bigint) returns boolean language sql stable parallel safe as $$
select coalesce((select channel_level(c.type, m.role, (select u.role from user_copy u where u.user_id = $2))
        >= permission_least(c.permissions, 4)
    from channel c join member m on m.channel_id = c.id and m.user_id = $2 where c.id = $1 and c.org_id = $3), false)
$$;

-- Gateways say who is connected at once and repeat it every minute: who has not been told of for three is not.
create function person_is_here(usr bigint) returns boolean language sql stable parallel safe as $$
select exists (select from here h where h.user_id = $1 and h.seen_at > statement_timestamp() - interval '3 minutes')
$$;

-- The members of the channel whom a message mentions, each once; none when it mentions everyone, who are not written down.
create function mention_targets(channel bigint, author bigint, users bigint[], groups bigint[], everyone text) returns setof bigint
language sql stable rows 10 as $$
select u.id from (
    select unnest($3) as id
    union select m.user_id from user_group_member g join member m on m.channel_id = $1 and m.user_id = g.user_id
        where g.group_id = any($4)
    union select m.user_id from member m where $5 = 'here' and m.channel_id = $1 and person_is_here(m.user_id)) u
where u.id <> $2 and $5 is distinct from 'channel'
$$;

-- Whoever deletes a message, and however: those who had not read it have one less unread. The head is locked, as for all that
-- changes the channel.
create function message_uncounted() returns trigger language plpgsql as $$
begin
    with gone as (delete from mention x where x.channel_id = new.channel_id and x.seq = new.seq returning x.user_id)
    update member m set
        read_no = m.read_no + (new.message_type <> 'system')::int,
        wide_read = m.wide_read + (new.mention_all is not distinct from 'channel')::int,
        mention_count = m.mention_count - (m.user_id in (select g.user_id from gone g))::int
    where m.channel_id = new.channel_id and m.read_seq < new.seq and m.user_id <> new.user_id and new.in_channel;
    return null;
end
$$;
create trigger message_uncounted after update of deleted_at on message
    for each row when (old.deleted_at is null and new.deleted_at is not null) execute function message_uncounted();

-- Whoever edits a message so that it mentions others.
create function message_rementioned() returns trigger language plpgsql as $$
declare
    wide integer := (old.mention_all is not distinct from 'channel')::int - (new.mention_all is not distinct from 'channel')::int;
    want bigint[] := array(select mention_targets(new.channel_id, new.user_id, new.mentions, new.mention_groups, new.mention_all));
begin
    with gone as (delete from mention x where x.channel_id = new.channel_id and x.seq = new.seq and x.user_id <> all(want)
                  returning x.user_id),
    come as (insert into mention (user_id, channel_id, seq, in_channel)
             select w.id, new.channel_id, new.seq, new.in_channel from unnest(want) w (id)
             on conflict do nothing returning user_id),
    changed as (select g.user_id, -1 as by from gone g union all select c.user_id, 1 from come c)
    update member m set
        wide_read = m.wide_read + wide,
        mention_count = m.mention_count + coalesce((select c.by from changed c where c.user_id = m.user_id), 0)
    where m.channel_id = new.channel_id and m.read_seq < new.seq and m.user_id <> new.user_id
        and new.in_channel and (wide <> 0 or m.user_id in (select c.user_id from changed c));
    return null;
end
$$;
create trigger message_rementioned after update of mentions, mention_all, mention_groups on message
    for each row when (new.deleted_at is null and (old.mentions, old.mention_all, old.mention_groups)
                       is distinct from (new.mentions, new.mention_all, new.mention_groups))
    execute function message_rementioned();

-- A channel as the API shows it to one user.
create or replace function channel_json_for(c channel, viewer bigint) returns json
language sql stable parallel safe as $$
select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.member_count, h.seq as head_seq,
           permissions_json(c.permissions) as permissions,
           m.user_id is not null as is_member, m.role, coalesce(m.read_seq, 0) as read_seq,
           coalesce(h.messages - m.read_no, 0) as unread_count,
           coalesce(m.mention_count + h.wide - m.wide_read, 0) as mention_count,
           channel_can(c, m.role, (select u.role from user_copy u where u.user_id = viewer)) as can,
           channel_users(c.id) as users
    from channel_head h left join member m on m.channel_id = c.id and m.user_id = viewer
    where h.channel_id = c.id) w
$$;
