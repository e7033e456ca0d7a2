-- Who may do what in a channel. `permissions` holds for each action the least role in the channel, in two bits (1 member, 2 moderator, 3 owner; 0: as it
-- is by default); the order of the actions is that of enum channel_action (domain/rules.h), whose rules these functions tell to clients.
drop function channel_json_for(channel, bigint);
drop function channel_json(channel, bigint);
alter table channel add column permissions integer not null default 0;

create function permission_least(permissions integer, action integer) returns integer language sql immutable parallel safe
return coalesce(nullif((permissions >> (2 * action)) & 3, 0), (array[1, 1, 1, 1, 1, 2, 2, 1, 3])[action + 1]);

create function permissions_json(permissions integer) returns json language sql immutable parallel safe
return (select json_object_agg(a.name, (array['member', 'moderator', 'owner'])[permission_least(permissions, a.n::integer - 1)] order by a.n)
        from unnest(array['post', 'post_in_threads', 'invite', 'pin', 'mention_all', 'manage', 'moderate', 'react', 'export']) with ordinality a (name, n));

-- What somebody counts as in a channel that he can see: 0 a visitor, then as above. in_channel: his role there, null for none.
create function channel_level(type text, in_channel text, in_org text) returns integer language sql immutable parallel safe
return case when type = 'direct' then case when in_channel is null then 0 else 3 end
    else greatest(case in_channel when 'owner' then 3 when 'moderator' then 2 when 'member' then 1 else 0 end,
                  case in_org when 'admin' then 3 when 'moderator' then 2 else 0 end) end;

-- What somebody can do in a channel as it is now. (That he is muted is not the channel's doing.)
create function channel_can(c channel, in_channel text, in_org text) returns json language sql stable parallel safe as $$
select json_build_object(
    'post', f.member and f.open and f.level >= permission_least(f.p, 0),
    'post_in_threads', f.member and f.open and f.level >= permission_least(f.p, 1),
    'invite', f.group and f.open and f.level >= permission_least(f.p, 2),
    'pin', f.member and f.open and f.level >= permission_least(f.p, 3),
    'mention_all', f.member and f.open and f.level >= permission_least(f.p, 4),
    'manage', f.group and f.level >= permission_least(f.p, 5),
    'moderate', f.group and f.level >= permission_least(f.p, 6),
    'react', f.member and f.open and f.level >= permission_least(f.p, 7),
    'export', f.member and f.level >= permission_least(f.p, 8))
from (select c.permissions as p, in_channel is not null as member, not c.is_archived as open, c.type <> 'direct' as "group",
             channel_level(c.type, in_channel, in_org) as level) f
$$;

create function channel_json(c channel, head bigint) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.member_count, head as head_seq,
           permissions_json(c.permissions) as permissions) w
$$;

create function channel_json_for(c channel, viewer bigint) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, c.created_by,
           iso(c.created_at) as created_at, c.is_archived, c.member_count, h.seq as head_seq,
           permissions_json(c.permissions) as permissions,
           m.user_id is not null as is_member, m.role, coalesce(m.read_seq, 0) as read_seq,
           channel_can(c, m.role, (select u.role from user_copy u where u.user_id = viewer)) as can,
           channel_users(c.id) as users
    from channel_head h left join member m on m.channel_id = c.id and m.user_id = viewer
    where h.channel_id = c.id) w
$$;
