/* SQL for saved messages and drafts: personal.h. */
#include "store/personal.h"

PAL_STATEMENT(sql_personal_root, "select t.root from thread_place($2::bigint) t"
                                 " where t.channel_id = $1::bigint and t.is_open");

enum pal_code personal_store_root(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                  uint64_t message, uint64_t *root, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_personal_root, &p, &rows, err);
    if (code == PAL_OK)
        *root = (uint64_t)pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(sql_personal_in_channel,
              "select 1 from message m where m.id = $2::bigint and m.channel_id = $1::bigint"
              " and m.deleted_at is null");

enum pal_code personal_store_in_channel(struct pal_db *db, struct pal_arena *arena,
                                        uint64_t channel, uint64_t message, bool *in,
                                        struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_personal_in_channel, &p, &rows, err);
    if (code == PAL_OK)
        *in = rows.n == 1;
    return code;
}

static void saved_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v,
                         uint64_t message)
{
    pal_params_init(p, arena);
    pal_p_id(p, v->user);
    pal_p_id(p, message);
}

PAL_STATEMENT(sql_saved_facts,
              "select (select count(*) from saved s where s.user_id = $1::bigint),"
              " exists (select from saved s where s.user_id = $1::bigint and s.message_id = "
              "$2::bigint)");

enum pal_code saved_store_facts(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t message, struct saved_facts *out, struct pal_error *err)
{
    struct pal_params p;
    saved_params(&p, arena, v, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_saved_facts, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct saved_facts){.count = pal_row_int(&rows, 0, 0),
                                    .there = pal_row_bool(&rows, 0, 1)};
    return code;
}

PAL_STATEMENT(
    sql_saved_put,
    "with s as (insert into saved (user_id, message_id, note) values ($1::bigint, $2::bigint, "
    "$3::text)"
    " on conflict (user_id, message_id) do update set note = excluded.note"
    " where saved.note <> excluded.note returning message_id, note, created_at)"
    " select row_to_json(w) from (select 'saved_updated' as type, s.message_id, s.note,"
    " iso(s.created_at) as saved_at from s) w");

enum pal_code saved_store_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t message, struct pal_str note, struct pal_str *event,
                              struct pal_error *err)
{
    struct pal_params p;
    saved_params(&p, arena, v, message);
    pal_p_str(&p, note);
    return pal_db_text(db, &sql_saved_put, &p, arena, event, err);
}

PAL_STATEMENT(
    sql_saved_delete,
    "with s as (delete from saved where user_id = $1::bigint and message_id = $2::bigint"
    " returning message_id)"
    " select row_to_json(w) from (select 'saved_deleted' as type, s.message_id from s) w");

enum pal_code saved_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t message, struct pal_str *event, struct pal_error *err)
{
    struct pal_params p;
    saved_params(&p, arena, v, message);
    return pal_db_text(db, &sql_saved_delete, &p, arena, event, err);
}

static void page_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v,
                        int64_t limit, uint64_t before)
{
    answer_params(p, arena, v);
    pal_p_int(p, limit);
    pal_p_id(p, before);
}

/* One row more than was asked for tells that there is more; a page ends early when its text gets
 * long. */
PAL_STATEMENT(
    sql_saved_list,
    "with page as (select x.id, x.json, row_number() over w as n,"
    " sum(octet_length(x.json::text)) over w as bytes from (select s.id,"
    "  json_build_object('message', g.json, 'note', s.note, 'saved_at', iso(s.created_at)) as json"
    "  from saved s cross join lateral (select message_json(m) as json, m.channel_id from message m"
    "   where m.id = s.message_id and m.deleted_at is null limit 1) g"
    "  cross join lateral (select c.type from channel c where c.id = g.channel_id"
    "   and c.org_id = $2::bigint and c.deleted_at is null limit 1) c"
    "  left join lateral (select m.user_id from member m where m.channel_id = g.channel_id"
    "   and m.user_id = $1::bigint limit 1) m on true"
    "  where s.user_id = $1::bigint and ($4::bigint is null or s.id < $4::bigint)"
    "  and (c.type = 'public' or m.user_id is not null)"
    "  order by s.id desc limit $3::integer + 1) x window w as (order by x.id desc)),"
    " kept as (select * from page where n <= $3::integer and (bytes <= 600000 or n = 1))"
    " select row_to_json(w) from (select"
    " coalesce((select json_agg(json order by n) from kept), '[]') as items,"
    " case when (select count(*) from page) > (select count(*) from kept)"
    "  then (select min(id)::text from kept) end as next_cursor) w");

enum pal_code saved_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t before, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    page_params(&p, arena, v, limit, before);
    return pal_db_text(db, &sql_saved_list, &p, arena, json, err);
}

static void draft_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v,
                         uint64_t channel, uint64_t thread)
{
    pal_params_init(p, arena);
    pal_p_id(p, v->user);
    pal_p_id(p, channel);
    pal_p_int(p, (int64_t)thread);
}

PAL_STATEMENT(sql_draft_others, "select count(*) from draft d where d.user_id = $1::bigint"
                                " and (d.channel_id, d.thread_id) <> ($2::bigint, $3::bigint)");

enum pal_code draft_store_others(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct draft *d, int64_t *count, struct pal_error *err)
{
    struct pal_params p;
    draft_params(&p, arena, v, d->channel, d->thread);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_draft_others, &p, &rows, err);
    if (code == PAL_OK)
        *count = pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(
    sql_draft_put,
    "insert into draft as d (user_id, channel_id, thread_id, content, reply_to_id, updated_at,"
    "  file_ids) values ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::bigint,"
    "  statement_timestamp(), $6::bigint[])"
    " on conflict (user_id, channel_id, thread_id) do update set content = excluded.content,"
    " file_ids = excluded.file_ids,"
    " reply_to_id = excluded.reply_to_id, updated_at = excluded.updated_at,"
    " revision = nextval('draft_revision') returning draft_json(d)");

enum pal_code draft_store_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              const struct draft *d, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    draft_params(&p, arena, v, d->channel, d->thread);
    pal_p_str(&p, d->content);
    pal_p_id(&p, d->reply_to);
    pal_p_ints(&p, d->files, d->n_files);
    return pal_db_text(db, &sql_draft_put, &p, arena, json, err);
}

PAL_STATEMENT(sql_draft_delete,
              "with d as (delete from draft where user_id = $1::bigint and channel_id = $2::bigint"
              " and thread_id = $3::bigint returning channel_id, nullif(thread_id, 0) as thread_id)"
              " select row_to_json(w) from (select 'draft_deleted' as type, d.channel_id, "
              "d.thread_id from d) "
              "w");

enum pal_code draft_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t channel, uint64_t thread, struct pal_str *event,
                                 struct pal_error *err)
{
    struct pal_params p;
    draft_params(&p, arena, v, channel, thread);
    return pal_db_text(db, &sql_draft_delete, &p, arena, event, err);
}

PAL_STATEMENT(
    sql_draft_list,
    "with page as (select x.revision, x.json, row_number() over w as n,"
    " sum(octet_length(x.json::text)) over w as bytes from (select d.revision, draft_json(d) as "
    "json"
    "  from draft d cross join lateral (select c.id from channel c where c.id = d.channel_id"
    "   and c.org_id = $2::bigint and c.deleted_at is null limit 1) c"
    "  cross join lateral (select m.user_id from member m where m.channel_id = d.channel_id"
    "   and m.user_id = $1::bigint limit 1) m"
    "  where d.user_id = $1::bigint and ($4::bigint is null or d.revision < $4::bigint)"
    "  order by d.revision desc limit $3::integer + 1) x window w as (order by x.revision desc)),"
    " kept as (select * from page where n <= $3::integer and (bytes <= 600000 or n = 1))"
    " select row_to_json(w) from (select"
    " coalesce((select json_agg(json order by n) from kept), '[]') as items,"
    " case when (select count(*) from page) > (select count(*) from kept)"
    "  then (select min(revision)::text from kept) end as next_cursor) w");

enum pal_code draft_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t before, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    page_params(&p, arena, v, limit, before);
    return pal_db_text(db, &sql_draft_list, &p, arena, json, err);
}
