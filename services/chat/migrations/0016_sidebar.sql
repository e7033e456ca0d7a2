-- What a user has put where in his list of channels, the archive for channels that have fallen asleep, and the lines of exports.
create table favorite (
    user_id bigint not null,
    channel_id bigint not null,
    created_at timestamptz not null default now(),
    primary key (user_id, channel_id)
);
create table section (
    id bigint generated always as identity primary key,
    user_id bigint not null,
    org_id bigint not null,
    name text not null,
    position integer not null
);
create index section_user on section (user_id, org_id);
-- A channel is in one section of a user at most.
create table section_channel (
    user_id bigint not null,
    channel_id bigint not null,
    section_id bigint not null references section (id) on delete cascade,
    primary key (user_id, channel_id)
);
create index section_channel_section on section_channel (section_id, channel_id);

-- The shape sidebar: of channels that the user is in.
create function sidebar_json(usr bigint, org bigint) returns json language sql stable parallel safe as $$
select json_build_object(
    'favorites', (select coalesce(json_agg(f.channel_id order by f.created_at, f.channel_id), '[]') from favorite f
        cross join lateral (select from member m where m.channel_id = f.channel_id and m.user_id = $1 limit 1) m where f.user_id = $1),
    'sections', (select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'position', s.position, 'channel_ids',
        (select coalesce(json_agg(x.channel_id order by x.channel_id), '[]') from section_channel x
         cross join lateral (select from member m where m.channel_id = x.channel_id and m.user_id = $1 limit 1) m
         where x.section_id = s.id)) order by s.position, s.id), '[]') from section s where s.user_id = $1 and s.org_id = $2))
$$;

-- Automatic archiving: auto_archive_days without a message (null: never), after a warning in the channel (archive_warned_at).
drop function channel_json_for(channel, bigint);
drop function channel_json(channel, bigint);
alter table channel add column auto_archive_days integer check (auto_archive_days > 0), add column archive_warned_at timestamptz;
create index channel_auto on channel (id) where auto_archive_days is not null and not is_archived and deleted_at is null;

create function channel_json(c channel, head bigint) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.auto_archive_days, c.member_count, head as head_seq,
           permissions_json(c.permissions) as permissions) w
$$;

create function channel_json_for(c channel, viewer bigint) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.auto_archive_days, c.member_count, h.seq as head_seq,
           permissions_json(c.permissions) as permissions,
           m.user_id is not null as is_member, m.role, coalesce(m.read_seq, 0) as read_seq,
           coalesce(h.messages - m.read_no, 0) as unread_count,
           coalesce(m.mention_count + h.wide - m.wide_read, 0) as mention_count,
           channel_can(c, m.role, (select u.role from user_copy u where u.user_id = viewer)) as can,
           channel_users(c.id) as users
    from channel_head h left join member m on m.channel_id = c.id and m.user_id = viewer
    where h.channel_id = c.id) w
$$;

-- How long before it happens it is told: three days, or half of the time that was set.
create function archive_notice(days integer) returns interval language sql immutable parallel safe
return make_interval(secs => 86400 * least(3.0, days / 2.0));

-- When somebody has last said something.
create function last_said(c channel) returns timestamptz language sql stable parallel safe as $$
select greatest(c.created_at, coalesce((select g.created_at from message g where g.channel_id = c.id and g.message_type <> 'system'
    order by g.seq desc limit 1), c.created_at))
$$;

-- What is due for a channel now: 'warn', 'archive', 'spare' (somebody has spoken since the warning), or null.
create function archive_due(c channel) returns text language sql stable parallel safe as $$
select case when c.is_archived or c.deleted_at is not null or c.auto_archive_days is null then null
    when c.archive_warned_at is null then
        case when s.last + make_interval(days => c.auto_archive_days) - archive_notice(c.auto_archive_days) <= now() then 'warn' end
    when s.last > c.archive_warned_at then 'spare'
    when c.archive_warned_at + archive_notice(c.auto_archive_days) <= now() then 'archive' end
from (select last_said(c) as last) s
$$;

-- Does what is due, under the lock of the channel's head; gives the event that tells of it.
create function archive_step(channel bigint, out kind integer, out org bigint, out usr bigint, out seq bigint, out body json)
returns setof record language plpgsql as $$
declare
    c channel;
    m message;
    due text;
    counted bigint;
begin
    select x.* into c from channel x where x.id = archive_step.channel;
    due := archive_due(c);
    org := c.org_id;
    usr := c.created_by;
    if due = 'spare' then
        update channel x set archive_warned_at = null where x.id = c.id;
    elsif due = 'warn' then
        update channel x set archive_warned_at = now() where x.id = c.id;
        update channel_head h set seq = h.seq + 1 where h.channel_id = c.id returning h.seq, h.messages into strict seq, counted;
        insert into message (channel_id, seq, user_id, username, content, message_type, client_id, created_at, no)
        values (c.id, seq, usr, name_of(usr), 'Nobody has written here for a while: the channel is archived on '
            || to_char((now() + archive_notice(c.auto_archive_days)) at time zone 'utc', 'YYYY-MM-DD') || ' unless somebody does. · '
            || 'Hace tiempo que nadie escribe aquí: el canal se archivará ese día si nadie lo hace.', 'system', gen_random_uuid(), now(), counted)
        returning * into m;
        kind := 1201;
        body := event_body('chat_message', c.id, seq, (select row_to_json(w) from (select message_json(m) as message) w));
        insert into event (kind, org_id, user_id, channel_id, seq, body) values (kind, org, usr, c.id, seq, body);
        return next;
    elsif due = 'archive' then
        update channel x set is_archived = true, archive_warned_at = null where x.id = c.id returning x.* into c;
        kind := 1221;
        select e.seq, e.body into seq, body from channel_head h,
            append_event(c.id, kind, 'channel_updated', org, usr, (select row_to_json(w) from (select channel_json(c, h.seq + 1) as channel) w)) e
            where h.channel_id = c.id;
        return next;
    end if;
end
$$;

-- A value of a line of CSV (RFC 4180); one that a spreadsheet would take for a formula begins with an apostrophe.
create function csv_value(text) returns text language sql immutable parallel safe
return '"' || replace(case when $1 ~ '^[=+@\t\r-]' then '''' || $1 else coalesce($1, '') end, '"', '""') || '"';
create function message_csv(m message) returns text language sql stable parallel safe as $$
select concat_ws(',', m.id, m.seq, iso(m.created_at), m.user_id, csv_value(m.username), m.message_type, coalesce(m.thread_id::text, ''),
    coalesce(m.reply_to_id::text, ''), csv_value(case when m.deleted_at is null then m.content else '' end))
$$;
