-- include iso.sql
-- include event_log.sql
-- include consumer_position.sql
-- include idempotency.sql

-- What notify knows of people, channels and members: copies that follow the logs of auth and chat.
create table user_copy (
    user_id bigint primary key,
    org_id bigint not null,
    username text not null,
    language text not null default 'en',
    is_active boolean not null default true
);
create table channel_copy (
    channel_id bigint primary key,
    org_id bigint not null,
    name text not null,
    type text not null
);
create table member (
    channel_id bigint not null,
    user_id bigint not null,
    joined_seq bigint not null,
    primary key (channel_id, user_id)
);

-- Whoever makes notifications locks this row first: so ids become visible in their order, whatever the source.
create table delivery_lock (one boolean primary key default true check (one));
insert into delivery_lock default values;

-- One row for one user, or one for all of a channel (user_id null) or all of an organisation (channel_id null too): what
-- concerns a thousand members is stored once. (source, event, user) is unique: an event that is applied twice tells once.
create table notification (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    user_id bigint,
    channel_id bigint,
    seq bigint, -- of the event in the channel: members who joined later do not see it
    actor_id bigint,
    message_id bigint,
    kind text not null,
    priority text not null,
    text_en text not null,
    text_es text not null,
    source smallint not null, -- enum pal_owner
    event_id bigint not null,
    created_at timestamptz not null default now()
);
create unique index notification_once on notification (source, event_id, coalesce(user_id, 0));
create index notification_org on notification (org_id, id);
create index notification_created_at on notification using brin (created_at);

-- Read up to an id, and single ones above it.
create table read_mark (
    user_id bigint primary key,
    up_to bigint not null
);
create table read_one (
    user_id bigint not null,
    notification_id bigint not null,
    primary key (user_id, notification_id)
);

-- Whether the notification is for this user: his own, or of a channel that he was in when it happened, or of his organisation;
-- never what he did himself.
create function concerns(n notification, usr bigint) returns boolean
language sql stable parallel safe
return n.user_id = $2
    or (n.user_id is null and n.actor_id is distinct from $2
        and (n.channel_id is null or n.kind = 'channel_created'
             or exists (select from member m where m.channel_id = n.channel_id and m.user_id = $2 and m.joined_seq < n.seq)));

create function was_read(n notification, usr bigint) returns boolean
language sql stable parallel safe
return coalesce((select n.id <= r.up_to from read_mark r where r.user_id = $2), false)
    or exists (select from read_one o where o.user_id = $2 and o.notification_id = n.id);

-- A notification as its user sees it (shape notification).
create function notification_json(n notification, usr bigint) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select n.id, n.kind, n.priority,
           case when (select u.language from user_copy u where u.user_id = $2) = 'es' then n.text_es else n.text_en end as text,
           n.channel_id, n.message_id, n.actor_id, iso(n.created_at) as created_at, was_read(n, $2) as is_read) w);

-- The body of the event notification.created.
create function notification_event(n notification) returns json
language sql stable parallel safe
return json_build_object('type', 'notification', 'texts', json_build_object('en', n.text_en, 'es', n.text_es),
    'notification', json_build_object('id', n.id, 'kind', n.kind, 'priority', n.priority, 'channel_id', n.channel_id,
    'message_id', n.message_id, 'actor_id', n.actor_id, 'created_at', iso(n.created_at)));
