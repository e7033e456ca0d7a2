/* The event log and the consumer's position: log.h says what is promised.
 * Its statements are not PAL_STATEMENTs: not every service has these tables, and chat has a log of
 * its own form. */
#include "db/log.h"

#include "base/limits.h"
#include "gen/catalogue.h"

#include <inttypes.h>

static const struct pal_statement sql_log_append = {
    "sql_log_append",
    "insert into event (kind, org_id, user_id, channel_id, seq, body)"
    " values ($1::integer, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::json)"
    " returning tx::text, id"};

static uint64_t row_u64(const struct pal_rows *r, int row, int col)
{
    uint64_t v = 0;
    return pal_parse_u64(pal_row_str(r, row, col), &v) ? v : 0;
}

enum pal_code pal_log_append(struct pal_db *db, struct pal_arena *arena,
                             const struct pal_log_event *e, struct pal_position *at,
                             struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, e->kind);
    pal_p_id(&p, e->org);
    pal_p_id(&p, e->user);
    pal_p_id(&p, e->channel);
    pal_p_id(&p, e->seq);
    pal_p_str(&p, e->body);
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_log_append, &p, &rows, err);
    if (code == PAL_OK && at)
        *at = (struct pal_position){row_u64(&rows, 0, 0), row_u64(&rows, 0, 1)};
    return code;
}

/* Rows of transactions that may still commit below what is handed out are kept back: nothing is
 * ever skipped. */
static const struct pal_statement sql_log_read = {
    "sql_log_read",
    "select json_build_object('events', coalesce(json_agg(json_build_object("
    "'tx', e.tx::text, 'id', e.id, 'kind', e.kind, 'org', coalesce(e.org_id, 0),"
    " 'user', coalesce(e.user_id, 0), 'channel', coalesce(e.channel_id, 0),"
    " 'seq', coalesce(e.seq, 0), 'body', e.body) order by e.tx, e.id), '[]'::json))::text"
    " from (select l.*, row_number() over w as place,"
    " sum(octet_length(l.body::text) + 200) over w as bytes"
    " from (select tx, id, kind, org_id, user_id, channel_id, seq, body from event"
    " where (tx, id) > ($1::xid8, $2::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot())"
    " order by tx, id limit $3::integer) l window w as (order by l.tx, l.id)) e"
    " where e.place = 1 or e.bytes < $4::integer"};

static void put_position(struct pal_params *p, struct pal_position at)
{
    /* xid8 is read as text; it has no cast from bigint. */
    char *tx = pal_arena_printf(p->arena, "%" PRIu64, at.tx);
    if (!tx)
        p->failed = true;
    pal_p_str(p, pal_str_of(tx));
    pal_p_int(p, (int64_t)at.id);
}

enum pal_code pal_log_read(struct pal_db *db, struct pal_arena *arena, struct pal_position after,
                           int limit, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    put_position(&p, after);
    pal_p_int(&p, limit);
    pal_p_int(&p, PAL_FRAME_BODY_MAX / 2); /* the batch has to fit into one frame */
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_log_read, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    struct pal_str text = pal_row_str(&rows, 0, 0);
    char *copy = pal_arena_strdup(arena, text);
    if (!copy)
        return pal_error_set(err, &pal_err_service_internal, "a batch of events does not fit");
    *json = (struct pal_str){copy, text.n};
    return PAL_OK;
}

static const struct pal_statement sql_log_expire = {
    "sql_log_expire",
    "delete from event where created_at < now() - $1::bigint * interval '1 millisecond'"};

enum pal_code pal_log_expire(struct pal_db *db, int64_t keep_ms, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, NULL);
    pal_p_int(&p, keep_ms);
    return pal_db_exec(db, &sql_log_expire, &p, NULL, err);
}

static const struct pal_statement sql_position_make = {
    "sql_position_make",
    "insert into consumer_position (source) values ($1::text) on conflict do nothing"};
static const struct pal_statement sql_position_lock = {
    "sql_position_lock",
    "select tx::text, id from consumer_position where source = $1::text for update"};

enum pal_code pal_position_lock(struct pal_db *db, const char *source, struct pal_position *at,
                                struct pal_error *err)
{
    struct pal_arena arena;
    struct pal_params p;
    pal_arena_init(&arena, 4096);
    pal_params_init(&p, &arena);
    pal_p_str(&p, pal_str_of(source));
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_position_lock, &p, &rows, err);
    if (code == PAL_OK && rows.n == 0) {
        pal_rows_free(&rows);
        code = pal_db_exec(db, &sql_position_make, &p, NULL, err);
        if (code == PAL_OK)
            code = pal_db_run(db, &sql_position_lock, &p, &rows, err);
    }
    if (code == PAL_OK)
        *at = (struct pal_position){row_u64(&rows, 0, 0), row_u64(&rows, 0, 1)};
    pal_arena_fini(&arena);
    return code;
}

static const struct pal_statement sql_position_move = {
    "sql_position_move",
    "update consumer_position set tx = $1::xid8, id = $2::bigint, moved_at = now()"
    " where source = $3::text"};

enum pal_code pal_position_move(struct pal_db *db, const char *source, struct pal_position to,
                                struct pal_error *err)
{
    struct pal_arena arena;
    struct pal_params p;
    pal_arena_init(&arena, 4096);
    pal_params_init(&p, &arena);
    put_position(&p, to);
    pal_p_str(&p, pal_str_of(source));
    enum pal_code code = pal_db_exec(db, &sql_position_move, &p, NULL, err);
    pal_arena_fini(&arena);
    return code;
}
