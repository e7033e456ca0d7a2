/* SQL for idle channels and exports: life.h. */
#include "store/life.h"

#include "gen/catalogue.h"

PAL_STATEMENT(sql_idle_lock,
              "select h.channel_id from channel_head h where h.channel_id = any(array(select c.id "
              "from channel c where c.auto_archive_days is not null and not c.is_archived and "
              "c.deleted_at is null and archive_due(c) is not null order by c.id limit 20)) order "
              "by h.channel_id for update of h skip locked");

enum pal_code idle_store_lock(struct pal_db *db, uint64_t channels[IDLE_AT_ONCE], size_t *n,
                              struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_idle_lock, NULL, &rows, err);
    *n = 0;
    for (int i = 0; code == PAL_OK && i < rows.n && i < IDLE_AT_ONCE; i++)
        channels[(*n)++] = (uint64_t)pal_row_int(&rows, i, 0);
    return code;
}

/* In a statement of its own: what is due is looked at again under the lock. */
PAL_STATEMENT(sql_idle_step, "select seq, body, kind, org, usr from archive_step($1::bigint)");

enum pal_code idle_store_step(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                              struct idle_step *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    PAL_ROWS rows = {0};
    *out = (struct idle_step){0};
    enum pal_code code = pal_db_run(db, &sql_idle_step, &p, &rows, err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    *out = (struct idle_step){.kind = (uint16_t)pal_row_int(&rows, 0, 2),
                              .org = (uint64_t)pal_row_int(&rows, 0, 3),
                              .user = (uint64_t)pal_row_int(&rows, 0, 4),
                              .event = {.seq = (uint64_t)pal_row_int(&rows, 0, 0)}};
    return pal_rows_text(&rows, 0, 1, arena, &out->event.body, err);
}

PAL_STATEMENT(sql_idle_set,
              "update channel set auto_archive_days = $2::integer, archive_warned_at = null where "
              "id = $1::bigint and auto_archive_days is distinct from $2::integer");

enum pal_code idle_store_set(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                             int64_t days, bool *changed, struct pal_error *err)
{
    struct pal_params p;
    int64_t rows = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, (uint64_t)days);
    enum pal_code code = pal_db_exec(db, &sql_idle_set, &p, &rows, err);
    if (code == PAL_OK)
        *changed = *changed || rows > 0;
    return code;
}

/* As much as fits a frame when it is written as a text of JSON, where quotes and line feeds count
 * twice; at least one message. */
PAL_STATEMENT(
    sql_export_page,
    "with lines as (select x.seq, x.line, row_number() over w as n, sum(octet_length(x.line)) over "
    "w as bytes from (select m.seq, case when $3::text = 'csv' then message_csv(m) else "
    "message_json(m)::text end as line from message m where m.channel_id = $1::bigint and m.seq > "
    "coalesce($2::bigint, 0) order by m.seq limit 1001) x window w as (order by x.seq)), kept as "
    "(select seq, line from lines where n = 1 or (n <= 1000 and bytes <= 350000)) select "
    "row_to_json(w) from (select $1::bigint as channel_id, $3::text as format, case when $3::text "
    "= 'csv' and $2::bigint is null then "
    "'id,seq,created_at,user_id,username,message_type,thread_id,reply_to_id,content' || chr(13) || "
    "chr(10) else '' end || coalesce((select string_agg(line || case when $3::text = 'csv' then "
    "chr(13) else '' end || chr(10), '' order by seq) from kept), '') as data, case when (select "
    "count(*) from lines) > (select count(*) from kept) then (select max(seq)::text from kept) end "
    "as next_cursor) w");

enum pal_code export_store_page(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                uint64_t after, struct pal_str format, struct pal_str *json,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, after);
    pal_p_str(&p, format);
    return pal_db_text(db, &sql_export_page, &p, arena, json, err);
}

PAL_STATEMENT(sql_export_log,
              "insert into event (kind, org_id, user_id, body) select $6::integer, $2::bigint, "
              "$1::bigint, row_to_json(w) from (select $3::bigint as channel_id, $2::bigint as "
              "organization_id, $1::bigint as user_id, $5::text as format, coalesce($4::bigint, 0) "
              "as after) w returning body");

enum pal_code export_store_log(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               uint64_t channel, uint64_t after, struct pal_str format,
                               struct pal_str *body, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    pal_p_id(&p, after);
    pal_p_str(&p, format);
    pal_p_int(&p, PAL_EV_CHANNEL_EXPORTED);
    return pal_db_text(db, &sql_export_log, &p, arena, body, err);
}
