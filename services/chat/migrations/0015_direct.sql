-- Direct conversations, and names of channels that tell nobody of private ones.

-- Names are unique among the public channels of an organisation, whatever the case. Private channels have no part in it: a name that is refused
-- because of a channel that one cannot see would tell that it is there.
drop index channel_name;
create unique index channel_name on channel (org_id, lower(name)) where deleted_at is null and type = 'public';
-- Lists are in this order.
create index channel_order on channel (org_id, lower(name), id) where deleted_at is null;

-- One conversation for each set of people, in rising order of their ids.
create table direct (
    channel_id bigint primary key references channel (id),
    org_id bigint not null,
    users bigint[] not null
);
create unique index direct_users on direct (org_id, users);

-- hidden_seq: the user has put the direct conversation out of his list, until there is a message after this seq.
drop function member_json(member);
alter table member add column hidden_seq bigint not null default 0;
create function member_json(m member) returns json language sql stable parallel safe as $$
select row_to_json(w) from (
    select m.user_id, coalesce(u.username, 'user-' || m.user_id) as username,
           coalesce(u.display_name, '') as display_name, m.role, iso(m.joined_at) as joined_at
    from (values (1)) one left join user_copy u on u.user_id = m.user_id) w
$$;

-- Bans in force, from admin's moderation actions: who is banned is not written to.
create table ban (
    action_id bigint primary key,
    user_id bigint not null,
    org_id bigint not null,
    expires_at timestamptz
);
create index ban_user on ban (user_id, org_id);
