/* SQL of the index: search_index.h. */
#include "store/search_index.h"

#include "gen/catalogue.h"

#include <inttypes.h>

static uint64_t row_u64(const struct pal_rows *r, int row, int col)
{
    uint64_t v = 0;
    return pal_parse_u64(pal_row_str(r, row, col), &v) ? v : 0;
}

/* The lock is no row's: one would give the transaction an id, and those who follow the log wait for
 * that to end. */
PAL_STATEMENT(sql_index_position,
              "select p.tx::text, p.id from consumer_position p where p.source = 'search'"
              " and pg_try_advisory_xact_lock(hashtext('palique chat search'))");

enum pal_code index_position(struct pal_db *db, bool *mine, struct pal_position *at,
                             struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_index_position, NULL, &rows, err);
    *mine = rows.n == 1;
    if (*mine)
        *at = (struct pal_position){row_u64(&rows, 0, 0), row_u64(&rows, 0, 1)};
    return code;
}

/* A message that was posted is found by its seq; other events say which message they are about. As
 * many as have 700 kB, at least one. */
PAL_STATEMENT(sql_index_news,
              "select x.tx::text, x.id, case when x.kind = $3::integer then n.id else"
              " coalesce((x.body->'message'->>'id')::bigint, (x.body->>'message_id')::bigint) end, "
              "n.thread_id"
              " from (select e.tx, e.id, e.kind, e.channel_id, e.seq, e.body,"
              " sum(octet_length(e.body::text)) over (order by e.tx, e.id) - "
              "octet_length(e.body::text) as before"
              " from (select e.tx, e.id, e.kind, e.channel_id, e.seq, e.body from event e"
              " where (e.tx, e.id) > ($1::xid8, $2::bigint) and e.tx < "
              "pg_snapshot_xmin(pg_current_snapshot())"
              " order by e.tx, e.id limit 1000) e) x left join lateral (select m.id, m.thread_id "
              "from message m"
              " where x.kind = $3::integer and m.channel_id = x.channel_id and m.seq = x.seq limit "
              "1) n on true"
              " where x.before < 700000 order by x.tx, x.id");

enum pal_code index_news(struct pal_db *db, struct pal_arena *arena, struct pal_position after,
                         struct index_news *out, struct pal_error *err)
{
    struct pal_params p;
    char *tx = pal_arena_printf(arena, "%" PRIu64, after.tx);
    pal_params_init(&p, arena);
    pal_p_str(&p, pal_str_of(tx));
    pal_p_int(&p, (int64_t)after.id);
    pal_p_int(&p, PAL_EV_MESSAGE_CREATED);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_index_news, &p, &rows, err);
    out->n_messages = out->n_threads = 0;
    out->n_events = (size_t)rows.n;
    for (int i = 0; i < rows.n && i < INDEX_BATCH; i++) {
        out->last = (struct pal_position){row_u64(&rows, i, 0), row_u64(&rows, i, 1)};
        if (!pal_row_null(&rows, i, 2))
            out->messages[out->n_messages++] = pal_row_int(&rows, i, 2);
        if (!pal_row_null(&rows, i, 3))
            out->threads[out->n_threads++] = pal_row_int(&rows, i, 3);
    }
    return code;
}

PAL_STATEMENT(
    sql_index_backlog,
    "select y.id from (select x.id, sum(x.bytes) over (order by x.id desc) - x.bytes as before from"
    " search_backfill b cross join lateral (select m.id, octet_length(m.content) as bytes from "
    "message m"
    " where m.id < b.next order by m.id desc limit 1000) x) y where y.before < 700000 order by "
    "y.id desc");

enum pal_code index_backlog(struct pal_db *db, struct pal_arena *arena, int64_t *ids, size_t *n,
                            struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_index_backlog, &p, &rows, err);
    for (*n = 0; *n < (size_t)rows.n && *n < INDEX_BATCH; (*n)++)
        ids[*n] = pal_row_int(&rows, (int)*n, 0);
    return code;
}

PAL_STATEMENT(sql_index_backlog_move, "update search_backfill set next = $1::bigint");
PAL_STATEMENT(sql_index_backlog_end, "delete from search_backfill");

enum pal_code index_backlog_move(struct pal_db *db, struct pal_arena *arena, int64_t next,
                                 struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    if (next == 0)
        return pal_db_exec(db, &sql_index_backlog_end, &p, NULL, err);
    pal_p_int(&p, next);
    return pal_db_exec(db, &sql_index_backlog_move, &p, NULL, err);
}

PAL_STATEMENT(
    sql_index_messages,
    "select (x.m).id, (x.m).channel_id, c.org_id, (x.m).user_id, (x.m).created_at,"
    " case when (x.m).deleted_at is null then (x.m).content end, "
    "array_to_string(search_marks(x.m), ' ')"
    " from (select distinct i from unnest($1::bigint[]) i) i"
    " cross join lateral (select m from message m where m.id = i.i limit 1) x"
    " cross join lateral (select c.org_id from channel c where c.id = (x.m).channel_id limit 1) c"
    " order by 1");

enum pal_code index_messages(struct pal_db *db, struct pal_arena *arena, const int64_t *ids,
                             size_t n, struct pal_rows *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, n);
    return pal_db_run(db, &sql_index_messages, &p, out, err);
}

/* What is there already is left out before the insert: a conflict writes to the row, even when
 * nothing is updated. */
PAL_STATEMENT(sql_index_put,
              "insert into search_message (message_id, channel_id, created_at, words)"
              " select u.i, u.c, u.t, u.w from (select i, c, t, w::tsvector as w from"
              " unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[]) u (i, c, t, w)) u"
              " left join lateral (select s.words from search_message s where s.message_id = u.i"
              " limit 1) s on true where s.words is distinct from u.w"
              " on conflict (message_id) do update set words = excluded.words");

enum pal_code index_put(struct pal_db *db, struct pal_arena *arena, const struct index_entries *e,
                        struct pal_error *err)
{
    struct pal_params p;
    if (e->n == 0)
        return PAL_OK;
    pal_params_init(&p, arena);
    pal_p_ints(&p, e->ids, e->n);
    pal_p_ints(&p, e->channels, e->n);
    pal_p_strs(&p, e->at, e->n);
    pal_p_strs(&p, e->words, e->n);
    return pal_db_exec(db, &sql_index_put, &p, NULL, err);
}

PAL_STATEMENT(sql_index_sweep, "select search_words_sweep()");

enum pal_code index_sweep(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &sql_index_sweep, NULL, NULL, err);
}

PAL_STATEMENT(sql_index_remove, "delete from search_message where message_id = any($1::bigint[])");

enum pal_code index_remove(struct pal_db *db, struct pal_arena *arena, const int64_t *ids, size_t n,
                           struct pal_error *err)
{
    struct pal_params p;
    if (n == 0)
        return PAL_OK;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, n);
    return pal_db_exec(db, &sql_index_remove, &p, NULL, err);
}

PAL_STATEMENT(
    sql_index_threads,
    "update search_message s set words = s.words || ''':hthread'''::tsvector"
    " where s.message_id = any($1::bigint[]) and not ts_match_vq(s.words, ''':hthread''')");

enum pal_code index_threads(struct pal_db *db, struct pal_arena *arena, const int64_t *ids,
                            size_t n, struct pal_error *err)
{
    struct pal_params p;
    if (n == 0)
        return PAL_OK;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, n);
    return pal_db_exec(db, &sql_index_threads, &p, NULL, err);
}
