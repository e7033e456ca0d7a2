/* SQL for messages that are to be sent later: scheduled.h. */
#include "store/scheduled.h"

#include "gen/catalogue.h"

PAL_STATEMENT(
    sql_scheduled_count,
    "select count(*) from scheduled s where s.user_id = $1::bigint and s.state <> 'sent'");

enum pal_code scheduled_store_count(struct pal_db *db, struct pal_arena *arena,
                                    const struct viewer *v, int64_t *count, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, v->user);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_scheduled_count, &p, &rows, err);
    if (code == PAL_OK)
        *count = pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(
    sql_scheduled_insert,
    "insert into scheduled as s (user_id, org_id, channel_id, thread_id, reply_to_id, content,"
    " send_at, also_in_channel, file_ids) values ($1::bigint, $2::bigint, $3::bigint, $4::bigint,"
    " $5::bigint, $6::text, $7::timestamptz, $8::boolean, $9::bigint[]) returning "
    "scheduled_json(s)");

enum pal_code scheduled_store_insert(struct pal_db *db, struct pal_arena *arena,
                                     const struct viewer *v, const struct scheduled *s,
                                     struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, s->channel);
    pal_p_id(&p, s->thread);
    pal_p_id(&p, s->reply_to);
    pal_p_str(&p, s->content);
    pal_p_time(&p, s->send_at_ms);
    pal_p_bool(&p, s->also_in_channel);
    pal_p_ints(&p, s->files, s->n_files);
    return pal_db_text(db, &sql_scheduled_insert, &p, arena, json, err);
}

/* At most a hundred: a page ends early only when their text is long. */
PAL_STATEMENT(
    sql_scheduled_list,
    "with page as (select x.id, x.json, row_number() over w as n,"
    " sum(octet_length(x.json::text)) over w as bytes from (select s.id, scheduled_json(s) as json"
    "  from scheduled s where s.user_id = $1::bigint and s.state <> 'sent'"
    "  and s.id > coalesce($3::bigint, 0) order by s.id limit $2::integer + 1) x"
    " window w as (order by x.id)),"
    " kept as (select * from page where n <= $2::integer and (bytes <= 600000 or n = 1))"
    " select row_to_json(w) from (select"
    " coalesce((select json_agg(json order by n) from kept), '[]') as items,"
    " case when (select count(*) from page) > (select count(*) from kept)"
    "  then (select max(id)::text from kept) end as next_cursor) w");

enum pal_code scheduled_store_list(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, int64_t limit, uint64_t after,
                                   struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, v->user);
    pal_p_int(&p, limit);
    pal_p_id(&p, after);
    return pal_db_text(db, &sql_scheduled_list, &p, arena, json, err);
}

static enum scheduled_state state_of(struct pal_str text)
{
    if (pal_str_eq(text, PAL_STR("pending")))
        return SCHEDULED_PENDING;
    return pal_str_eq(text, PAL_STR("sent")) ? SCHEDULED_SENT : SCHEDULED_FAILED;
}

PAL_STATEMENT(sql_scheduled_lock,
              "select s.state, s.channel_id, (extract(epoch from s.send_at) * 1000)::bigint, "
              "scheduled_json(s), s.content, cardinality(s.file_ids)"
              " from scheduled s where s.id = $2::bigint and s.user_id = $1::bigint for update");

enum pal_code scheduled_store_lock(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t id, struct scheduled_facts *out,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, v->user);
    pal_p_id(&p, id);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_scheduled_lock, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct scheduled_facts){.there = rows.n == 1};
    if (!out->there)
        return PAL_OK;
    out->state = state_of(pal_row_str(&rows, 0, 0));
    out->channel = (uint64_t)pal_row_int(&rows, 0, 1);
    out->send_at_ms = pal_row_int(&rows, 0, 2);
    out->n_files = (size_t)pal_row_int(&rows, 0, 5);
    code = pal_rows_text(&rows, 0, 4, arena, &out->content, err);
    return code != PAL_OK ? code : pal_rows_text(&rows, 0, 3, arena, &out->json, err);
}

PAL_STATEMENT(sql_scheduled_update,
              "update scheduled s set content = coalesce($2::text, s.content),"
              " send_at = coalesce($3::timestamptz, s.send_at), state = 'pending', reason = null,"
              " file_ids = case when $4::boolean then $5::bigint[] else s.file_ids end,"
              " updated_at = statement_timestamp() where s.id = $1::bigint"
              " returning scheduled_json(s)");

enum pal_code scheduled_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                     const struct scheduled_change *to, struct pal_str *json,
                                     struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    pal_p_str(&p, to->content);
    pal_p_time(&p, to->send_at_ms);
    pal_p_bool(&p, to->has_files);
    pal_p_ints(&p, to->files, to->n_files);
    return pal_db_text(db, &sql_scheduled_update, &p, arena, json, err);
}

PAL_STATEMENT(sql_scheduled_delete, "delete from scheduled where id = $1::bigint");

enum pal_code scheduled_store_delete(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                     struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    return pal_db_exec(db, &sql_scheduled_delete, &p, NULL, err);
}

/* What both statements that take have in common: the request as the author would have sent it. */
#define DUE_COLUMNS                                                                              \
    "select s.id, s.user_id, s.org_id, coalesce(u.role, 'member'), coalesce(u.is_active, true)," \
    " json_strip_nulls(json_build_object('channel_id', s.channel_id, 'content', s.content,"      \
    "  'client_id', s.client_id, 'thread_id', s.thread_id, 'reply_to_id', s.reply_to_id,"        \
    "  'also_send_to_channel', s.also_in_channel,"                                               \
    "  'attachment_ids', case when s.file_ids <> '{}' then to_json(s.file_ids) end))"            \
    " from scheduled s left join lateral (select x.role, x.is_active from user_copy x"           \
    "  where x.user_id = s.user_id limit 1) u on true"

static enum pal_code read_due(const struct pal_rows *r, int row, struct pal_arena *arena,
                              struct due *d, struct pal_error *err)
{
    *d = (struct due){.id = (uint64_t)pal_row_int(r, row, 0),
                      .user = (uint64_t)pal_row_int(r, row, 1),
                      .org = (uint64_t)pal_row_int(r, row, 2),
                      .active = pal_row_bool(r, row, 4)};
    enum pal_code code = pal_rows_text(r, row, 3, arena, &d->role, err);
    return code != PAL_OK ? code : pal_rows_text(r, row, 5, arena, &d->request, err);
}

PAL_STATEMENT(sql_scheduled_take,
              DUE_COLUMNS " where s.state = 'pending' and s.send_at <= statement_timestamp()"
                          " order by s.send_at limit $1::integer for update of s skip locked");

enum pal_code scheduled_store_take(struct pal_db *db, struct pal_arena *arena, int64_t limit,
                                   struct due **out, size_t *n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, limit);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_scheduled_take, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *n = (size_t)rows.n;
    *out = pal_arena_alloc(arena, (*n + 1) * sizeof **out);
    if (!*out)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    for (int i = 0; code == PAL_OK && i < rows.n; i++)
        code = read_due(&rows, i, arena, &(*out)[i], err);
    return code;
}

PAL_STATEMENT(sql_scheduled_take_one,
              DUE_COLUMNS " where s.id = $1::bigint and s.state <> 'sent' for update of s");

enum pal_code scheduled_store_take_one(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                       struct due *out, bool *taken, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_scheduled_take_one, &p, &rows, err);
    *taken = code == PAL_OK && rows.n == 1;
    return *taken ? read_due(&rows, 0, arena, out, err) : code;
}

PAL_STATEMENT(
    sql_scheduled_settle,
    "update scheduled s set state = case when $2::text is null then 'sent' else 'failed' end,"
    " reason = $2::text, content = case when $2::text is null then '' else s.content end,"
    " file_ids = case when $2::text is null then '{}' else s.file_ids end,"
    " updated_at = statement_timestamp(), message_id = case when $2::text is null then"
    "  (select m.id from message m where m.channel_id = s.channel_id and m.user_id = s.user_id"
    "   and m.client_id = s.client_id limit 1) end"
    " where s.id = $1::bigint returning scheduled_event(s)");

enum pal_code scheduled_store_settle(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                     struct pal_str reason, struct pal_str *event,
                                     struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    pal_p_str(&p, reason);
    return pal_db_text(db, &sql_scheduled_settle, &p, arena, event, err);
}

PAL_STATEMENT(sql_scheduled_fail_all,
              "update scheduled s set state = 'failed', reason = $3::text,"
              " updated_at = statement_timestamp() where s.user_id = $1::bigint"
              " and s.org_id = $2::bigint and s.state = 'pending' and s.state <> 'sent'");

enum pal_code scheduled_store_fail_all(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                       uint64_t org, struct pal_str reason, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_id(&p, org);
    pal_p_str(&p, reason);
    return pal_db_exec(db, &sql_scheduled_fail_all, &p, NULL, err);
}

PAL_STATEMENT(sql_scheduled_expire,
              "delete from scheduled where ctid = any(array(select s.ctid from scheduled s"
              " where s.state = 'sent' and s.updated_at < now() - interval '7 days'"
              " order by s.updated_at limit 1000))");

enum pal_code scheduled_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &sql_scheduled_expire, NULL, NULL, err);
}
