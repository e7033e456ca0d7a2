-- include iso.sql
-- include event_log.sql
-- include consumer_position.sql
-- include idempotency.sql

-- What admin knows of people and channels: copies that follow the logs of auth and chat.
create table user_copy (
    user_id bigint primary key,
    org_id bigint not null,
    username text not null,
    display_name text not null default '',
    email text not null default '',
    role text not null default 'member',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    last_activity timestamptz
);
create index user_copy_org on user_copy (org_id, lower(username));

create table channel_copy (
    channel_id bigint primary key,
    org_id bigint not null,
    name text not null,
    type text not null,
    is_deleted boolean not null default false,
    last_message_at timestamptz
);
create index channel_copy_org on channel_copy (org_id);

-- Messages counted in buckets of five seconds for the dashboard (kept for a day) and per user and day.
create table message_tick (
    org_id bigint not null,
    tick timestamptz not null,
    messages bigint not null,
    primary key (org_id, tick)
) with (fillfactor = 70);

create table message_day (
    org_id bigint not null,
    day date not null,
    user_id bigint not null,
    messages bigint not null,
    primary key (org_id, user_id, day)
) with (fillfactor = 70);

-- What each gateway last said of its connections. May be lost: it is said again every five seconds.
create unlogged table gateway_state (
    gateway text primary key,
    at timestamptz not null,
    connections bigint not null,
    connection_errors bigint not null
);
create unlogged table gateway_people (
    gateway text not null,
    org_id bigint not null,
    user_ids bigint[] not null,
    at timestamptz not null,
    primary key (gateway, org_id)
);

-- The people of an organisation who are connected to any gateway that has spoken within 15 s.
create function online_people(org bigint) returns setof bigint
language sql stable
begin atomic
    select distinct u from gateway_people p, unnest(p.user_ids) u
    where p.org_id = $1 and p.at > statement_timestamp() - interval '15 s';
end;
