create table report (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    message_id bigint not null,
    channel_id bigint not null,
    author_id bigint not null,
    content text not null,
    reported_by bigint not null,
    reason text not null,
    status text not null default 'pending' check (status in ('pending', 'resolved', 'dismissed')),
    reviewed_by bigint,
    reviewed_at timestamptz,
    note text not null default '',
    created_at timestamptz not null default now(),
    unique (message_id, reported_by)
);
create index report_org on report (org_id, id);

create table moderation_action (
    id bigint generated always as identity primary key,
    org_id bigint not null,
    user_id bigint not null,
    moderator_id bigint not null,
    action_type text not null check (action_type in ('mute', 'ban', 'warning')),
    reason text not null,
    duration bigint, -- seconds
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    lifted_at timestamptz,
    lifted_by bigint
);
create index moderation_action_org on moderation_action (org_id, id);
create index moderation_action_user on moderation_action (user_id) where lifted_at is null;

create function report_json(r report) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select r.id, r.message_id, r.channel_id, r.content, r.author_id, r.reported_by, r.reason, r.status, r.reviewed_by, r.note,
           iso(r.created_at) as created_at, iso(r.reviewed_at) as reviewed_at) w);

create function action_json(a moderation_action) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select a.id, a.user_id, a.moderator_id, a.action_type, a.reason, a.duration, iso(a.created_at) as created_at,
           iso(a.expires_at) as expires_at, iso(a.lifted_at) as lifted_at) w);

-- Until when an action of this type holds for the user: infinity without an end, null when none does.
create function in_force_until(usr bigint, kind text) returns timestamptz
language sql stable parallel safe
return (select max(coalesce(a.expires_at, 'infinity')) from moderation_action a
        where a.user_id = $1 and a.action_type = $2 and a.lifted_at is null
        and (a.expires_at is null or a.expires_at > statement_timestamp()));
