-- Drafts and messages to be sent later have files, which are kept as long as they are: a file that is held does not expire, and one that is
-- let go has a day, as it had when it was uploaded.
-- Functions of these tables as text from now on, so that the tables can get columns; what they show follows below.
create or replace function draft_json(d draft) returns json language sql stable parallel safe as $$ select null::json $$;
create or replace function scheduled_json(s scheduled) returns json language sql stable parallel safe as $$ select null::json $$;
create or replace function scheduled_event(s scheduled) returns json language sql stable parallel safe as $$
select json_build_object('type', 'scheduled_updated', 'scheduled', scheduled_json(s))
$$;
alter table draft add column file_ids bigint[] not null default '{}';
alter table scheduled add column file_ids bigint[] not null default '{}';

-- In their order, without those that a message has got meanwhile or that were deleted.
create function held_files(usr bigint, ids bigint[]) returns json language sql stable parallel safe as $$
select case when $2 = '{}' then '[]'::json else (select coalesce(json_agg(file_json(f) order by array_position($2, f.id)), '[]')
    from file f where f.id = any($2) and f.user_id = $1 and f.message_id is null) end
$$;

create or replace function draft_json(d draft) returns json language sql stable parallel safe as $$
select json_build_object('channel_id', d.channel_id, 'thread_id', nullif(d.thread_id, 0), 'reply_to_id', d.reply_to_id,
    'content', d.content, 'attachments', held_files(d.user_id, d.file_ids), 'updated_at', iso(d.updated_at))
$$;

create or replace function scheduled_json(s scheduled) returns json language sql stable parallel safe as $$
select json_build_object('id', s.id, 'channel_id', s.channel_id, 'thread_id', s.thread_id, 'reply_to_id', s.reply_to_id,
    'also_send_to_channel', s.also_in_channel, 'content', s.content, 'attachments', held_files(s.user_id, s.file_ids), 'send_at', iso(s.send_at),
    'state', s.state, 'reason', s.reason, 'message_id', s.message_id, 'created_at', iso(s.created_at))
$$;

-- The rows of the files are locked before it is looked who else holds them: whoever begins to at the same time waits for that, or is seen.
create function files_held() returns trigger language plpgsql as $$
declare
    usr bigint := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
    kept bigint[] := case when tg_op = 'DELETE' then '{}' else new.file_ids end;
    freed bigint[] := case when tg_op = 'INSERT' then '{}' else old.file_ids end;
begin
    perform from file f where f.id = any(kept || freed) and f.user_id = usr order by f.id for update;
    update file f set expires_at = '9999-12-31' where f.id = any(kept) and f.user_id = usr and f.message_id is null;
    update file f set expires_at = least(f.expires_at, now() + interval '1 day')
    where f.id = any(freed) and f.id <> all(kept) and f.user_id = usr and f.message_id is null
        and not exists (select from draft d where d.user_id = usr and f.id = any(d.file_ids))
        and not exists (select from scheduled s where s.user_id = usr and s.state <> 'sent' and f.id = any(s.file_ids));
    return null;
end
$$;
create trigger draft_holds after insert on draft for each row when (new.file_ids <> '{}') execute function files_held();
create trigger draft_changes after update on draft for each row when (new.file_ids <> '{}' or old.file_ids <> '{}') execute function files_held();
create trigger draft_frees after delete on draft for each row when (old.file_ids <> '{}') execute function files_held();
create trigger scheduled_holds after insert on scheduled for each row when (new.file_ids <> '{}') execute function files_held();
create trigger scheduled_changes after update on scheduled for each row when (new.file_ids <> '{}' or old.file_ids <> '{}') execute function files_held();
create trigger scheduled_frees after delete on scheduled for each row when (old.file_ids <> '{}') execute function files_held();
