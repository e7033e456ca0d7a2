-- A notification as it is when it is new, in one language (shape notification).
create function notification_new(n notification, spanish boolean) returns json
language sql stable parallel safe
return (select row_to_json(w) from (
    select n.id, n.kind, n.priority, case when $2 then n.text_es else n.text_en end as text,
           n.channel_id, n.message_id, n.actor_id, iso(n.created_at) as created_at, false as is_read) w);

-- All notifications with ids above one and up to another.
create function notifications_between(above bigint, up_to bigint) returns setof notification
language sql stable parallel safe
begin atomic
    select n.* from notification n where n.id > $1 and n.id <= $2
    union all
    select x.* from message_run r cross join lateral run_notifications(r) x
    where r.last_id > $1 and r.first_id <= $2 and x.id > $1 and x.id <= $2;
end;
