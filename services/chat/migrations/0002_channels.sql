create table channel (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    name text not null,
    description text not null default '',
    topic text not null default '',
    type text not null check (type in ('public', 'private', 'direct')),
    created_by bigint not null,
    created_at timestamptz not null default now(),
    is_archived boolean not null default false,
    deleted_at timestamptz,
    member_count integer not null default 0
);
-- The name of a deleted channel is free again.
create unique index channel_name on channel (org_id, lower(name)) where deleted_at is null and type <> 'direct';

-- The head of each channel's log. Whoever appends to a log locks its row first, several in the order of their
-- ids; so seq is dense, and what is read after the lock (members, archiving) holds until the commit.
-- Narrow, half empty and without an index on seq, so that every update is HOT; vacuumed early, because the
-- rows of busy channels are rewritten many times a second.
create table channel_head (
    channel_id bigint primary key,
    seq bigint not null default 0
) with (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_cost_delay = 0);

-- joined_seq: the seq of the event by which the member came in. read_seq: up to where he has read.
create table member (
    channel_id bigint not null references channel (id),
    user_id bigint not null,
    role text not null default 'member' check (role in ('owner', 'moderator', 'member')),
    joined_at timestamptz not null default now(),
    joined_seq bigint not null default 0,
    read_seq bigint not null default 0,
    primary key (channel_id, user_id)
) with (fillfactor = 80);
create index member_user on member (user_id, channel_id);

-- The log of all channels: what clients resume from, and what notify and admin follow. No foreign keys to
-- channel here and in message: rows of channel are never removed, and each check would lock a row of channel.
-- include event_log.sql
create unique index event_channel_seq on event (channel_id, seq) where channel_id is not null;

-- A channel as the API shows it (shape channel) without what depends on who looks; head is the seq to show.
create function channel_json(c channel, head bigint) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.member_count, head as head_seq) w);

-- A member as the API shows it.
create function member_json(m member) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select m.user_id, coalesce(u.username, 'user-' || m.user_id) as username,
           coalesce(u.display_name, '') as display_name, m.role, iso(m.joined_at) as joined_at
    from (values (1)) one left join user_copy u on u.user_id = m.user_id) w);

-- Some of the members, for lists of channels: however many there are, this reads no more than it shows.
create function channel_users(channel bigint) returns json
language sql stable parallel safe
return (select coalesce(json_agg(row_to_json(w) order by w.id), '[]') from (
    select m.user_id as id, coalesce(u.username, 'user-' || m.user_id) as username
    from (select x.user_id from member x where x.channel_id = $1 order by x.user_id limit 20) m
    left join user_copy u on u.user_id = m.user_id) w);

-- A channel as the API shows it to one user.
create function channel_json_for(c channel, viewer bigint) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.member_count, h.seq as head_seq,
           m.user_id is not null as is_member, m.role, coalesce(m.read_seq, 0) as read_seq,
           channel_users(c.id) as users
    from channel_head h left join member m on m.channel_id = c.id and m.user_id = viewer
    where h.channel_id = c.id) w);

-- The body of a durable event: {"type", "channel_id", "seq"} and then the members of `rest`, an object of at least
-- one. The text of `rest` is kept as it is.
create function event_body(type text, channel bigint, seq bigint, rest json) returns json
language sql immutable parallel safe
return (select (left(row_to_json(w)::text, -1) || ',' || substr(ltrim(rest::text), 2))::json
        from (select type, channel as channel_id, seq) w);

-- Appends one event to the channel's log: the next seq, the row, the finished body. (The writer does the same
-- for whole batches.)
create function append_event(channel bigint, kind integer, type text, org bigint, usr bigint, rest json,
                             out seq bigint, out body json)
language plpgsql as $$
begin
    update channel_head h set seq = h.seq + 1 where h.channel_id = channel returning h.seq into strict seq;
    body := event_body(type, channel, seq, rest);
    insert into event (kind, org_id, user_id, channel_id, seq, body) values (kind, org, usr, channel, seq, body);
end
$$;
