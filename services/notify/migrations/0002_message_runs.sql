-- New messages of one channel that were told together: one row for up to some tens of them, because a row for each
-- would cost as much as the message itself. The arrays have one element for each message, in the order of their ids;
-- the texts are formats with the place %s for the author's name. Ids come from the sequence of the table notification.
create table message_run (
    channel_id bigint not null,
    last_id bigint not null,
    first_id bigint not null,
    org_id bigint not null,
    text_en text not null,
    text_es text not null,
    ids bigint[] not null,
    seqs bigint[] not null,
    actor_ids bigint[] not null,
    message_ids bigint[] not null,
    times bigint[] not null, -- milliseconds since 1970
    usernames text[] not null,
    created_at timestamptz not null default now(),
    primary key (channel_id, last_id)
);
create unique index message_run_last on message_run (last_id);
create index message_run_created_at on message_run using brin (created_at);
create index member_user on member (user_id);

-- A run as the notifications that it stands for.
create function run_notifications(r message_run) returns setof notification
language sql stable parallel safe
begin atomic
    select u.id, r.org_id, null::bigint, r.channel_id, u.seq, u.actor_id, u.message_id, 'message'::text, 'normal'::text,
           format(r.text_en, u.username), format(r.text_es, u.username), 2::smallint, 0::bigint, to_timestamp(u.ms / 1000.0)
    from unnest(r.ids, r.seqs, r.actor_ids, r.message_ids, r.times, r.usernames) u (id, seq, actor_id, message_id, ms, username);
end;

-- The id up to which everything that can be seen is there: ids are given out under one lock.
create function notification_head() returns bigint
language sql stable parallel safe
return greatest(coalesce((select max(n.id) from notification n), 0), coalesce((select max(r.last_id) from message_run r), 0));
