-- What people keep for themselves: saved messages, drafts, messages to be sent later.
create table saved (
    id bigint generated always as identity primary key,
    user_id bigint not null,
    message_id bigint not null,
    note text not null default '',
    created_at timestamptz not null default now()
);
create unique index saved_once on saved (user_id, message_id);
create index saved_user on saved (user_id, id);
create index saved_message on saved (message_id);

-- One for each channel and one for each thread in it (thread_id 0: none). revision: the order of writing.
create sequence draft_revision;
create table draft (
    user_id bigint not null,
    channel_id bigint not null,
    thread_id bigint not null default 0,
    reply_to_id bigint,
    content text not null,
    updated_at timestamptz not null default now(),
    revision bigint not null default nextval('draft_revision'),
    primary key (user_id, channel_id, thread_id)
);
create index draft_user on draft (user_id, revision);

-- client_id is that of the message to be: however often it is tried, it is sent once. What was sent is kept for a week without its text, so
-- that whoever asks again is told so.
create table scheduled (
    id bigint generated always as identity primary key,
    user_id bigint not null,
    org_id bigint not null,
    channel_id bigint not null,
    thread_id bigint,
    reply_to_id bigint,
    also_in_channel boolean not null default false,
    content text not null,
    send_at timestamptz not null,
    client_id uuid not null default gen_random_uuid(),
    state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
    reason text, -- failed: the code of the error
    message_id bigint, -- sent
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index scheduled_due on scheduled (send_at) where state = 'pending';
create index scheduled_user on scheduled (user_id, id) where state <> 'sent';
create index scheduled_sent on scheduled (updated_at) where state = 'sent';

create or replace function drop_marks(message bigint) returns void language sql as $$
    delete from reaction where message_id = $1;
    delete from reaction_kind where message_id = $1;
    delete from pin where message_id = $1;
    delete from saved where message_id = $1;
$$;

create function draft_json(d draft) returns json language sql stable parallel safe
return json_build_object('channel_id', d.channel_id, 'thread_id', nullif(d.thread_id, 0), 'reply_to_id', d.reply_to_id,
    'content', d.content, 'updated_at', iso(d.updated_at));

create function scheduled_json(s scheduled) returns json language sql stable parallel safe
return json_build_object('id', s.id, 'channel_id', s.channel_id, 'thread_id', s.thread_id, 'reply_to_id', s.reply_to_id,
    'also_send_to_channel', s.also_in_channel, 'content', s.content, 'send_at', iso(s.send_at), 'state', s.state, 'reason', s.reason, 'message_id', s.message_id,
    'created_at', iso(s.created_at));

-- The event by which a user's devices learn of it.
create function scheduled_event(s scheduled) returns json language sql stable parallel safe
return json_build_object('type', 'scheduled_updated', 'scheduled', scheduled_json(s));
