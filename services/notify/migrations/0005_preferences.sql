-- What a user wants to be told of, and when not to be disturbed. Who has chosen nothing has no row.
create table preference (
    user_id bigint primary key,
    level text not null default 'all' check (level in ('all', 'mentions', 'nothing')), -- in channels without a choice of their own
    keywords text[] not null default '{}',
    quiet_from time, -- each day, in time_zone; null: no quiet hours
    quiet_to time,
    time_zone text,
    dnd_until timestamptz
);
-- Ends when its user leaves the channel.
create table channel_preference (
    user_id bigint not null,
    channel_id bigint not null,
    level text check (level in ('all', 'mentions', 'nothing')), -- null: as everywhere
    muted_until timestamptz, -- infinity: until that is ended; null: not
    primary key (user_id, channel_id)
);
create index channel_preference_channel on channel_preference (channel_id);

-- Members who have keywords: messages are looked through only where there are some.
alter table member add column listens boolean not null default false;
create index member_listens on member (channel_id) where listens;
-- By a trigger: a replica from before this column tells of members too.
create function member_listens() returns trigger language plpgsql set search_path from current as $$
begin
    new.listens := exists (select from preference p where p.user_id = new.user_id and p.keywords <> '{}');
    return new;
end
$$;
create trigger member_listens before insert or update of joined_seq on member for each row execute function member_listens();

-- Words in small letters with one blank between, before and after: a keyword stands in a text when its own do.
create function words_of(said text) returns text language sql immutable parallel safe
return ' ' || btrim(regexp_replace(lower(said), '[^[:alnum:]]+', ' ', 'g')) || ' ';

-- What of a channel is told: in direct conversations each message is a mention; of what is muted only mentions are told.
create function level_in(general text, own channel_preference, direct boolean) returns text language sql stable parallel safe
return case when own.muted_until > now() and coalesce(own.level, general, 'all') <> 'nothing' then 'mentions'
            else coalesce(own.level, case when direct and general = 'mentions' then 'all' else general end, 'all') end;

create function level_for(usr bigint, channel bigint) returns text language sql stable parallel safe
return (select level_in(p.level, o, c.type = 'direct') from (select) one
        left join preference p on p.user_id = $1
        left join channel_preference o on o.user_id = $1 and o.channel_id = $2
        left join channel_copy c on c.channel_id = $2);

create function tells(level text, kind text) returns boolean language sql immutable parallel safe
return case when $2 in ('invitation', 'moderation') then true
            when $2 in ('mention', 'thread_reply', 'keyword') then $1 <> 'nothing'
            else $1 = 'all' end;

-- Whether the user is told of it: it concerns him, and he wants that.
create function told_to(n notification, usr bigint) returns boolean language sql stable parallel safe
return case when concerns(n, $2) then tells(level_for($2, n.channel_id), n.kind) else false end;

-- What is told to all of a channel or an organisation, of what the user may want to be told at all: who wants little is not looked for in the rest.
create function kinds_shared(usr bigint) returns setof text language sql stable parallel safe as $$
    select k.kind from (values ('mention'), ('user_joined'), ('user_left'), ('channel_created')) k (kind)
    where tells(coalesce((select p.level from preference p where p.user_id = usr), 'all'), k.kind)
       or exists (select from channel_preference o where o.user_id = usr and tells(o.level, k.kind))
$$;
create index notification_user on notification (user_id, id) where user_id is not null;
create index notification_shared on notification (org_id, kind, id) where user_id is null;

-- The body of notification.created; null when the one it is for does not want it.
create function event_if_told(n notification) returns json language sql stable parallel safe
return case when n.user_id is null or tells(level_for(n.user_id, n.channel_id), n.kind) then notification_event(n) end;

create function is_quiet(p preference, at timestamptz) returns boolean language sql stable parallel safe
return coalesce(p.dnd_until > $2, false)
    or coalesce(case when p.quiet_from < p.quiet_to then (($2 at time zone p.time_zone)::time >= p.quiet_from
                                                         and ($2 at time zone p.time_zone)::time < p.quiet_to)
                     else (($2 at time zone p.time_zone)::time >= p.quiet_from or ($2 at time zone p.time_zone)::time < p.quiet_to) end, false);

-- Shape notification_preferences.
create function preference_json(usr bigint) returns json language sql stable parallel safe
return (select json_build_object('level', coalesce(p.level, 'all'), 'keywords', coalesce(to_json(p.keywords), '[]'),
        'quiet_hours', case when p.quiet_from is not null then json_build_object('from', to_char(p.quiet_from, 'HH24:MI'),
            'to', to_char(p.quiet_to, 'HH24:MI'), 'time_zone', p.time_zone) end,
        'dnd_until', case when p.dnd_until > now() then iso(p.dnd_until) end, 'quiet_now', is_quiet(p, now()))
        from (select) one left join preference p on p.user_id = $1);

-- Shape channel_notifications.
create function channel_preference_json(o channel_preference) returns json language sql stable parallel safe
return json_build_object('channel_id', o.channel_id, 'level', o.level, 'muted', coalesce(o.muted_until > now(), false),
    'muted_until', case when o.muted_until > now() and isfinite(o.muted_until) then iso(o.muted_until) end);

create or replace function erased_text(kind text, said text, new_name text) returns text language sql immutable parallel safe
return case when kind in ('mention', 'keyword', 'thread_reply', 'user_joined', 'user_left', 'channel_created') then
                regexp_replace(said, '^(\S+) \S+', '\1 ' || new_name)
            when kind = 'message' then regexp_replace(said, ' (from|de) \S+ (in|en) #', ' \1 ' || new_name || ' \2 #')
            else said end;

create or replace function erase_begin(usr bigint, org bigint, new_name text) returns void language sql as $$
    delete from idempotency i where i.user_id = usr;
    delete from read_mark r where r.user_id = usr;
    delete from read_one r where r.user_id = usr;
    delete from preference p where p.user_id = usr;
    delete from channel_preference p where p.user_id = usr;
    update member m set listens = false where m.user_id = usr and m.listens;
    delete from dead_event d where d.body::text ~ ('"(user_id|author_id|id)" ?: ?' || usr || '[,} ]');
    insert into erasure (user_id, org_id, username, until) values (usr, org, new_name, notification_head())
    on conflict (user_id) do update set next_notification = 0, next_run = 0, until = excluded.until;
$$;
