-- Organisations, people, sessions, keys.
-- include iso.sql
-- include event_log.sql
-- include consumer_position.sql
-- include idempotency.sql

create table organization (
    id bigint generated always as identity primary key,
    name text not null,
    domain text, -- lower case; whoever registers with an address of it joins
    subscription_plan text not null default 'free',
    created_at timestamptz not null default now(),
    is_active boolean not null default true
);
create unique index organization_domain on organization (domain);

create table account (
    id bigint generated always as identity primary key,
    organization_id bigint not null references organization,
    email text not null,     -- as it was written
    email_key text not null, -- lower case
    username text not null,  -- as it was written; ASCII
    display_name text not null,
    role smallint not null check (role between 1 and 3), -- member, moderator, admin
    language text not null default 'en' check (language in ('en', 'es')),
    profile_picture text,
    status text not null default 'online' check (status in ('online', 'away', 'busy', 'offline')),
    status_text text not null default '',
    password_hash text not null, -- argon2id, encoded
    last_activity timestamptz,
    created_at timestamptz not null default now(),
    is_active boolean not null default true,
    banned_until timestamptz -- infinity: until it is lifted
) with (fillfactor = 80);
create unique index account_email on account (email_key);
create unique index account_username on account (organization_id, lower(username));
create index account_any_username on account (lower(username));
create index account_admins on account (organization_id) where role = 3 and is_active;

-- One row for each ban that the admin service has told of and not lifted.
create table ban (
    action_id bigint primary key,
    account_id bigint not null references account,
    until timestamptz not null
);
create index ban_account on ban (account_id);

create table avatar (
    account_id bigint primary key references account,
    media_type text not null,
    hash text not null, -- first half of its SHA-256, hexadecimal
    data bytea not null,
    created_at timestamptz not null default now()
);

-- A session is one family of refresh tokens.
create table session (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    reason text,
    address inet
) with (fillfactor = 80);
create index session_account on session (account_id) where revoked_at is null;
create index session_revoked on session (revoked_at) where revoked_at is not null;
create index session_expires on session (expires_at);
create index session_address on session (account_id, address);

create table refresh_token (
    hash bytea primary key, -- SHA-256: the token itself is nowhere
    session_id bigint not null references session on delete cascade,
    created_at timestamptz not null default now(),
    used_at timestamptz,
    expires_at timestamptz not null
);
create index refresh_token_session on refresh_token (session_id);
create index refresh_token_expires on refresh_token (expires_at);

-- Failed sign-ins, counted by account and network together, by network and by account.
create table attempt (
    key bytea primary key, -- hash of what is counted: no names, no addresses
    failures integer not null,
    last_at timestamptz not null
) with (fillfactor = 50);
create index attempt_last_at on attempt (last_at);

create table invitation (
    id bigint generated always as identity primary key,
    organization_id bigint not null references organization,
    token_hash bytea not null unique, -- SHA-256
    email text,                       -- lower case; null: anybody
    role smallint not null check (role between 1 and 3),
    max_uses integer not null check (max_uses > 0),
    uses integer not null default 0 check (uses <= max_uses),
    created_by bigint not null references account,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index invitation_organization on invitation (organization_id, id);

create table signing_key (
    kid text primary key,
    private_key bytea not null, -- sealed with PALIQUE_AUTH_KEY_SECRET
    public_jwk json not null,
    created_at timestamptz not null default now(),
    activates_at timestamptz not null,
    retires_at timestamptz -- null: in use or still to come
);

create function role_name(smallint) returns text
language sql immutable parallel safe
return case $1 when 3 then 'admin' when 2 then 'moderator' else 'member' end;

-- Milliseconds since 1970; infinity becomes the largest bigint.
create function unix_ms(timestamptz) returns bigint
language sql stable parallel safe
return case when isfinite($1) then (extract(epoch from $1) * 1000)::bigint
            when $1 is not null then 9223372036854775807 end;

-- The user as the API shows it. The status chosen shows only while there is someone to show it for.
create function user_json(u account, with_email boolean) returns jsonb
language sql stable parallel safe
return jsonb_build_object(
    'id', u.id, 'username', u.username, 'display_name', u.display_name, 'organization_id', u.organization_id,
    'role', role_name(u.role), 'profile_picture', u.profile_picture,
    'status', case when u.is_active and u.last_activity > now() - interval '5 minutes' then u.status else 'offline' end,
    'status_text', u.status_text, 'language', u.language, 'last_activity', iso(u.last_activity),
    'created_at', iso(u.created_at), 'is_active', u.is_active)
    || case when with_email then jsonb_build_object('email', u.email) else '{}' end;

create function organization_json(o organization) returns jsonb
language sql stable parallel safe
return jsonb_build_object(
    'id', o.id, 'name', o.name, 'domain', o.domain, 'subscription_plan', o.subscription_plan,
    'created_at', iso(o.created_at), 'is_active', o.is_active);

create function invitation_json(i invitation) returns jsonb
language sql stable parallel safe
return jsonb_build_object(
    'id', i.id, 'organization_id', i.organization_id, 'email', i.email, 'role', role_name(i.role),
    'max_uses', i.max_uses, 'uses', i.uses, 'created_by', i.created_by,
    'created_at', iso(i.created_at), 'expires_at', iso(i.expires_at));
