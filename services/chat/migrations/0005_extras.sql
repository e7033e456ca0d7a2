-- What only some messages have. `extras` says which of it there is (a sum of the bits below), so that a message without any is
-- shown without looking anywhere else:
--   1 thread (others reply to it)   2 reactions   4 pin   8 attachments   16 previews   32 quote   64 it is a reply in a
--   thread   128 mentions of everyone or of groups
-- Functions that take a row of a table stand as text from here on: a column with a default can be added to it then.
drop function message_json(message);
alter table message
    add column extras integer not null default 0,
    add column thread_id bigint, -- the message that the thread hangs on
    add column in_channel boolean not null default true, -- false: shown in the thread only
    add column mention_all text check (mention_all in ('channel', 'here')),
    add column mention_groups bigint[];

-- Each part by a function of its own, which the migration of what it shows replaces; null for nothing.
create function message_thread(message bigint) returns json language sql stable parallel safe return null::json;
create function message_reactions(message bigint) returns json language sql stable parallel safe return null::json;
create function message_pin(message bigint) returns json language sql stable parallel safe return null::json;
create function message_attachments(message bigint) returns json language sql stable parallel safe return '[]'::json;
create function message_previews(message bigint) returns json language sql stable parallel safe return null::json;

-- What a reply shows of the message that it quotes.
create function message_quote(message bigint) returns json language sql stable parallel safe
return (select row_to_json(w) from (
    select q.id, q.user_id, q.username, case when q.deleted_at is null then left(q.content, 200) else '' end as content,
           q.deleted_at is not null as is_deleted
    from message q where q.id = $1 limit 1) w);

create function message_extras(m message) returns json language sql stable parallel safe as $$
select json_strip_nulls(json_build_object(
    'thread_id', m.thread_id,
    'in_channel', case when m.thread_id is not null then m.in_channel end,
    'thread', case when m.extras & 1 <> 0 then message_thread(m.id) end,
    'quote', case when m.extras & 32 <> 0 and m.deleted_at is null then message_quote(m.reply_to_id) end,
    'mention_all', case when m.deleted_at is null then m.mention_all end,
    'mention_groups', case when m.deleted_at is null then m.mention_groups end,
    'reactions', case when m.extras & 2 <> 0 and m.deleted_at is null then message_reactions(m.id) end,
    'pin', case when m.extras & 4 <> 0 and m.deleted_at is null then message_pin(m.id) end,
    'previews', case when m.extras & 16 <> 0 and m.deleted_at is null then message_previews(m.id) end))
$$;

-- An object with the members of another one after its own; both have at least one, or the other is {}.
create function json_joined(base json, more json) returns json language sql immutable parallel safe
return case when more::text = '{}' then base else (left(base::text, -1) || ',' || substr(ltrim(more::text), 2))::json end;

create function message_json(m message) returns json language sql stable parallel safe as $$
select case when m.extras = 0 then row_to_json(row(
        m.id, m.channel_id, m.user_id, m.username, case when m.deleted_at is null then m.content else '' end,
        m.message_type, m.reply_to_id, m.client_id, case when m.deleted_at is null then m.mentions else '{}' end,
        '[]'::json, m.seq, iso(m.created_at), iso(m.edited_at), m.deleted_at is not null)::message_shape)
    else json_joined(row_to_json(row(
        m.id, m.channel_id, m.user_id, m.username, case when m.deleted_at is null then m.content else '' end,
        m.message_type, m.reply_to_id, m.client_id, case when m.deleted_at is null then m.mentions else '{}' end,
        case when m.extras & 8 <> 0 and m.deleted_at is null then message_attachments(m.id) else '[]'::json end,
        m.seq, iso(m.created_at), iso(m.edited_at), m.deleted_at is not null)::message_shape), message_extras(m)) end
$$;
