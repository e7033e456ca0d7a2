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
 * ever skipped. The JSON is put together here: PostgreSQL takes three times as long for it. */
static const struct pal_statement sql_log_read = {
    "sql_log_read",
    "select e.tx::text, e.id, e.kind, coalesce(e.org_id, 0), coalesce(e.user_id, 0),"
    " coalesce(e.channel_id, 0), coalesce(e.seq, 0),"
    " (date_part('epoch', e.created_at) * 1000)::bigint,"
    " case when $4::integer[] is null or e.kind = any($4) then e.body end,"
    " (select n.id from event n order by n.tx desc, n.id desc limit 1)"
    " from event e where (e.tx, e.id) > ($1::xid8, $2::bigint)"
    " and e.tx < pg_snapshot_xmin(pg_current_snapshot()) order by e.tx, e.id limit $3::integer"};

enum { COL_BODY = 8, COL_HEAD = 9, LOG_BYTES = PAL_FRAME_BODY_MAX / 4 * 3 };

static void put_position(struct pal_params *p, struct pal_position at)
{
    /* xid8 is read as text; it has no cast from bigint. */
    char *tx = pal_arena_printf(p->arena, "%" PRIu64, at.tx);
    if (!tx)
        p->failed = true;
    pal_p_str(p, pal_str_of(tx));
    pal_p_int(p, (int64_t)at.id);
}

static void put_event(struct pal_buf *out, const struct pal_rows *rows, int row)
{
    static const char *const before[] = {",\"id\":",      ",\"kind\":", ",\"org\":", ",\"user\":",
                                         ",\"channel\":", ",\"seq\":",  ",\"at\":"};
    pal_buf_z(out, row ? ",{\"tx\":\"" : "{\"tx\":\"");
    pal_buf_str(out, pal_row_str(rows, row, 0));
    pal_buf_char(out, '"');
    for (int i = 1; i < COL_BODY; i++) {
        pal_buf_z(out, before[i - 1]);
        pal_buf_str(out, pal_row_str(rows, row, i));
    }
    if (!pal_row_null(rows, row, COL_BODY)) {
        pal_buf_z(out, ",\"body\":");
        pal_buf_str(out, pal_row_str(rows, row, COL_BODY));
    }
    pal_buf_char(out, '}');
}

/* The first always: one that is large must not hold up the rest. */
static void put_events(struct pal_buf *out, const struct pal_rows *rows)
{
    enum { MEMBERS = 200 };
    pal_buf_z(out, "{\"events\":[");
    for (int i = 0; i < rows->n; i++) {
        size_t more = pal_row_str(rows, i, COL_BODY).n + MEMBERS;
        if (i > 0 && out->n + more > LOG_BYTES)
            break;
        put_event(out, rows, i);
    }
}

static void put_end(struct pal_buf *out, struct pal_str head, struct pal_str oldest)
{
    pal_buf_z(out, "],\"head\":");
    pal_buf_str(out, head);
    pal_buf_z(out, ",\"oldest_at\":");
    pal_buf_str(out, oldest);
}

static void put_timeline(struct pal_buf *out, struct pal_timeline t)
{
    if (t.timeline == 0)
        return;
    pal_buf_z(out, ",\"cluster\":\"");
    pal_buf_printf(out, "%" PRIu64, t.cluster);
    pal_buf_z(out, "\",\"timeline\":");
    pal_buf_int(out, t.timeline);
}

static const struct pal_statement sql_log_kept_back = {
    "sql_log_kept_back",
    "select coalesce((select id from event order by tx desc, id desc limit 1), 0),"
    " coalesce((select (date_part('epoch', e.created_at) * 1000)::bigint from event e"
    " where (e.tx, e.id) > ($1::xid8, $2::bigint) order by e.tx, e.id limit 1), 0)"};

static enum pal_code put_kept_back(struct pal_db *db, struct pal_arena *arena,
                                   struct pal_position after, struct pal_buf *out,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    put_position(&p, after);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_log_kept_back, &p, &rows, err);
    if (code == PAL_OK)
        put_end(out, pal_row_str(&rows, 0, 0), pal_row_str(&rows, 0, 1));
    return code;
}

enum pal_code pal_log_read(struct pal_db *db, struct pal_arena *arena,
                           const struct pal_log_query *query, struct pal_str *json,
                           struct pal_error *err)
{
    struct pal_params p;
    struct pal_buf text;
    pal_params_init(&p, arena);
    put_position(&p, query->after);
    pal_p_int(&p, query->limit);
    if (query->bodies)
        pal_p_ints(&p, query->bodies, query->n_bodies);
    else
        pal_p_null(&p);
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_log_read, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    put_events(&text, &rows);
    if (rows.n > 0)
        put_end(&text, pal_row_str(&rows, 0, COL_HEAD), PAL_STR("0"));
    else
        code = put_kept_back(db, arena, query->after, &text, err);
    put_timeline(&text, pal_db_timeline(db));
    pal_buf_char(&text, '}');
    char *copy = text.failed ? NULL : pal_arena_strdup(arena, pal_buf_view(&text));
    *json = (struct pal_str){copy, text.n};
    pal_buf_fini(&text);
    if (code == PAL_OK && !copy)
        code = pal_error_set(err, &pal_err_service_internal, "a batch of events does not fit");
    return code;
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
static const struct pal_statement sql_position_read = {
    "sql_position_read", "select tx::text, id from consumer_position where source = $1::text"};

enum pal_code pal_position_read(struct pal_db *db, const char *source, struct pal_position *at,
                                struct pal_error *err)
{
    struct pal_arena arena;
    struct pal_params p;
    pal_arena_init(&arena, 4096);
    pal_params_init(&p, &arena);
    pal_p_str(&p, pal_str_of(source));
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_position_read, &p, &rows, err);
    if (code == PAL_OK && rows.n == 0) {
        pal_rows_free(&rows);
        code = pal_db_exec(db, &sql_position_make, &p, NULL, err);
        if (code == PAL_OK)
            code = pal_db_run(db, &sql_position_read, &p, &rows, err);
    }
    if (code == PAL_OK)
        *at = (struct pal_position){row_u64(&rows, 0, 0), row_u64(&rows, 0, 1)};
    pal_arena_fini(&arena);
    return code;
}

static const struct pal_statement sql_position_move = {
    "sql_position_move",
    "update consumer_position set tx = $1::xid8, id = $2::bigint, moved_at = now()"
    " where source = $3::text and tx = $4::xid8 and id = $5::bigint"};

/* Asked when the transaction has begun: before, the connection may still be another. */
static enum pal_code refuse_other(struct pal_timeline here, struct pal_timeline read_on,
                                  struct pal_error *err)
{
    if (here.timeline == 0 || read_on.timeline == 0 || here.cluster != read_on.cluster ||
        here.timeline == read_on.timeline)
        return PAL_OK;
    return pal_error_set(err, &pal_err_service_unavailable,
                         "read on another timeline of the database: %" PRId64 ", this is %" PRId64,
                         read_on.timeline, here.timeline);
}

enum pal_code pal_position_move(struct pal_db *db, const char *source, const struct pal_move *move,
                                bool *moved, struct pal_error *err)
{
    struct pal_arena arena;
    struct pal_params p;
    int64_t rows = 0;
    pal_arena_init(&arena, 4096);
    pal_params_init(&p, &arena);
    put_position(&p, move->to);
    pal_p_str(&p, pal_str_of(source));
    put_position(&p, move->from);
    enum pal_code code = pal_db_exec(db, &sql_position_move, &p, &rows, err);
    *moved = rows == 1;
    pal_arena_fini(&arena);
    return code == PAL_OK ? refuse_other(pal_db_timeline(db), move->read_on, err) : code;
}
