/* SQL of notifications. */
#include "store/notification.h"

PAL_STATEMENT(SQL_DELIVERY_LOCK, "select from delivery_lock for update");

enum pal_code delivery_lock(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    return pal_db_exec(db, &SQL_DELIVERY_LOCK, &p, NULL, err);
}

/* $1 … $11: all but the user. */
static void notice_params(struct pal_params *p, struct pal_arena *arena, const struct notice *n)
{
    pal_params_init(p, arena);
    pal_p_id(p, n->org);
    pal_p_id(p, n->channel);
    pal_p_id(p, n->seq);
    pal_p_id(p, n->actor);
    pal_p_id(p, n->message);
    pal_p_str(p, pal_str_of(n->kind));
    pal_p_str(p, pal_str_of(n->priority));
    pal_p_str(p, n->en);
    pal_p_str(p, n->es);
    pal_p_int(p, n->source);
    pal_p_int(p, (int64_t)n->event_id);
}

PAL_STATEMENT(SQL_NOTICE_INSERT,
              "insert into notification as n (org_id, channel_id, seq, actor_id, message_id, kind, "
              "priority, text_en, text_es, source, "
              "event_id, user_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
              "on conflict do nothing returning notification_event(n)");

enum pal_code notice_insert(struct pal_db *db, struct pal_arena *arena, const struct notice *n,
                            struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    notice_params(&p, arena, n);
    pal_p_id(&p, n->user);
    return pal_db_text(db, &SQL_NOTICE_INSERT, &p, arena, json, err);
}

PAL_STATEMENT(
    SQL_NOTICE_INSERT_MEMBERS,
    "insert into notification as n (org_id, channel_id, seq, actor_id, message_id, kind, priority, "
    "text_en, text_es, source, "
    "event_id, user_id) select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, m.user_id from member "
    "m "
    "where m.channel_id = $2 and m.user_id = any($12::bigint[]) and m.user_id is distinct from $4 "
    "on conflict do nothing returning n.user_id, notification_event(n)");

enum pal_code notice_insert_members(struct pal_db *db, struct pal_arena *arena,
                                    const struct notice *n, const int64_t *users, size_t n_users,
                                    struct pal_rows *out, struct pal_error *err)
{
    struct pal_params p;
    notice_params(&p, arena, n);
    pal_p_ints(&p, users, n_users);
    return pal_db_run(db, &SQL_NOTICE_INSERT_MEMBERS, &p, out, err);
}

static void listing_params(struct pal_params *p, struct pal_arena *arena, const struct listing *l)
{
    pal_params_init(p, arena);
    pal_p_id(p, l->org);
    pal_p_id(p, l->user);
}

PAL_STATEMENT(SQL_NOTIFICATION_PAGE,
              "with page as (select n from notification n where n.org_id = $1 and concerns(n, $2) "
              "and ($4::bigint is null or n.id < $4) and (not $5::boolean or not was_read(n, $2)) "
              "order by n.id desc limit $3 + 1), "
              "shown as (select n from page order by (n).id desc limit $3) "
              "select json_build_object('items', coalesce((select json_agg(notification_json(n, "
              "$2) order by (n).id desc) from shown), '[]'), "
              "'next_cursor', case when (select count(*) from page) > $3 then (select "
              "min((n).id)::text from shown) end)");

enum pal_code notification_page(struct pal_db *db, struct pal_arena *arena, const struct listing *l,
                                struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    listing_params(&p, arena, l);
    pal_p_int(&p, l->limit);
    pal_p_id(&p, (uint64_t)l->before);
    pal_p_bool(&p, l->unread);
    return pal_db_text(db, &SQL_NOTIFICATION_PAGE, &p, arena, json, err);
}

PAL_STATEMENT(
    SQL_NOTIFICATION_AFTER,
    "with top as (select coalesce(max(id), 0) as head from notification), "
    "page as (select n from notification n, top where $4::bigint >= 0 and n.org_id = $1 and n.id > "
    "$4 and n.id <= top.head "
    "and concerns(n, $2) order by n.id limit $3), "
    "full_page as (select count(*) = $3 as is_full, max((n).id) as last from page) "
    "select json_build_object('items', coalesce((select json_agg(notification_json(n, $2) order by "
    "(n).id) from page), '[]'), "
    "'head', case when is_full then last else head end, 'more', is_full) from top, full_page");

enum pal_code notification_after(struct pal_db *db, struct pal_arena *arena,
                                 const struct listing *l, int64_t after, struct pal_str *json,
                                 struct pal_error *err)
{
    struct pal_params p;
    listing_params(&p, arena, l);
    pal_p_int(&p, l->limit);
    pal_p_int(&p, after);
    return pal_db_text(db, &SQL_NOTIFICATION_AFTER, &p, arena, json, err);
}

PAL_STATEMENT(SQL_NOTIFICATION_MARK,
              "insert into read_one (user_id, notification_id) select $2, n.id from notification n "
              "where n.org_id = $1 and n.id = $3 and concerns(n, $2) on conflict do nothing");
PAL_STATEMENT(SQL_NOTIFICATION_ONE, "select notification_json(n, $2) from notification n where "
                                    "n.org_id = $1 and n.id = $3 and concerns(n, $2)");

enum pal_code notification_mark(struct pal_db *db, struct pal_arena *arena, const struct listing *l,
                                uint64_t id, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    listing_params(&p, arena, l);
    pal_p_id(&p, id);
    enum pal_code code = pal_db_exec(db, &SQL_NOTIFICATION_MARK, &p, NULL, err);
    return code != PAL_OK ? code : pal_db_text(db, &SQL_NOTIFICATION_ONE, &p, arena, json, err);
}

PAL_STATEMENT(SQL_NOTIFICATION_MARK_ALL,
              "with top as (select coalesce(max(id), 0) as head from notification), "
              "marked as (insert into read_mark (user_id, up_to) select $1, "
              "least(coalesce($2::bigint, head), head) from top "
              "on conflict (user_id) do update set up_to = greatest(read_mark.up_to, "
              "excluded.up_to) returning up_to), "
              "single as (delete from read_one o using marked where o.user_id = $1 and "
              "o.notification_id <= marked.up_to) "
              "select json_build_object('up_to', up_to) from marked");

enum pal_code notification_mark_all(struct pal_db *db, struct pal_arena *arena,
                                    const struct listing *l, uint64_t up_to, struct pal_str *json,
                                    struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, l->user);
    pal_p_id(&p, up_to);
    return pal_db_text(db, &SQL_NOTIFICATION_MARK_ALL, &p, arena, json, err);
}

PAL_STATEMENT(
    SQL_NOTIFICATION_EXPIRE,
    "with old as (delete from notification where created_at < now() - interval '90 days') "
    "delete from read_one o where not exists (select from notification n where n.id = "
    "o.notification_id)");

enum pal_code notification_expire(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    return pal_db_exec(db, &SQL_NOTIFICATION_EXPIRE, &p, NULL, err);
}
