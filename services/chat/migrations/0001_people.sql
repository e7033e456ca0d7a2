-- include iso.sql
-- include consumer_position.sql
-- include idempotency.sql

-- What chat knows of users: a copy that follows the event log of auth.
create table user_copy (
    user_id bigint primary key,
    org_id bigint not null,
    username text not null,
    display_name text not null default '',
    role text not null default 'member',
    profile_picture text,
    status text not null default 'offline',
    status_text text not null default '',
    language text not null default 'en',
    last_activity timestamptz,
    created_at timestamptz not null default now(),
    is_active boolean not null default true
);
create index user_copy_name on user_copy (org_id, lower(username));

-- Mutes in force, from admin's moderation actions. One user can have several.
create table mute (
    action_id bigint primary key,
    user_id bigint not null,
    org_id bigint not null,
    expires_at timestamptz
);
create index mute_user on mute (user_id, org_id);

-- The end of the mute that a user is under: infinity when it has none, null when he is under no mute.
create function muted_until(usr bigint, org bigint) returns timestamptz
language sql stable parallel safe
return (select max(coalesce(m.expires_at, 'infinity'))
        from mute m where m.user_id = $1 and m.org_id = $2
        and (m.expires_at is null or m.expires_at > statement_timestamp()));

-- A user as the API shows it (shape user, without the address).
create function user_json(u user_copy) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select u.user_id as id, u.username, u.display_name, u.org_id as organization_id, u.role, u.profile_picture,
           u.status, u.status_text, u.language, iso(u.last_activity) as last_activity,
           iso(u.created_at) as created_at, u.is_active) w);

-- The name of a user: auth's, or one made of the id until the copy has it.
create function name_of(usr bigint) returns text
language sql stable parallel safe
return coalesce((select u.username from user_copy u where u.user_id = $1), 'user-' || $1);
