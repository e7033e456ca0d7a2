-- What admin has of a user who was erased, besides the copy of his account. The audit log keeps ids only.
create function erase_account(usr bigint, new_name text) returns void language sql as $$
    delete from idempotency i where i.user_id = usr;
    delete from dead_event d where d.body::text ~ ('"(user_id|author_id|id)" ?: ?' || usr || '[,} ]');
    update event e set body = (e.body::jsonb || jsonb_build_object('username', new_name))::json
    where e.user_id = usr and e.kind in (1401, 1402) and e.body::jsonb ? 'username';
$$;

-- After chat has told of all reports that quote him.
create index report_author on report (author_id);
create function erase_reported(usr bigint) returns void language sql as $$
    update report r set content = '' where r.author_id = usr and r.content <> '';
    update event e set body = jsonb_set(e.body::jsonb, '{report,content}', '""')::json
    where e.kind in (1410, 1411) and e.body -> 'report' ->> 'author_id' = usr::text;
$$;
