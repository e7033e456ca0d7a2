/* attach.h. All of a post's files or none. */
#include "store/attach.h"

#include "gen/catalogue.h"

PAL_STATEMENT(
    sql_attach_take,
    "with want as materialized (select f.id from file f where f.id = any($3::bigint[])"
    "  and f.user_id = $1::bigint and f.org_id = $2::bigint and f.state = 'ready'"
    "  and f.message_id is null and f.expires_at > statement_timestamp() for update),"
    " m as materialized (select nextval('message_id_seq') as id"
    "  where (select count(*) from want) = cardinality($3::bigint[])),"
    " taken as (update file f set message_id = m.id, expires_at = null,"
    "  place = array_position($3::bigint[], f.id) from m where f.id in (select id from want))"
    " select m.id from m");

static enum pal_code take(struct pal_db *db, struct pal_arena *arena, const struct post *post,
                          int64_t *message, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, post->user);
    pal_p_id(&p, post->org);
    pal_p_ints(&p, post->files, post->n_files);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_attach_take, &p, &rows, err);
    if (code == PAL_OK)
        *message = rows.n > 0 ? pal_row_int(&rows, 0, 0) : -1;
    return code;
}

PAL_STATEMENT(sql_attach_return, "update file set message_id = null, place = null,"
                                 " expires_at = statement_timestamp() + interval '1 day'"
                                 " where message_id = any($1::bigint[])");

enum pal_code attach_all(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                         const size_t *which, size_t n, int64_t *attached, struct pal_error *err)
{
    enum pal_code code = PAL_OK;
    for (size_t i = 0; code == PAL_OK && i < n; i++)
        if (posts[which[i]].n_files > 0)
            code = take(db, arena, &posts[which[i]], &attached[i], err);
    return code;
}

enum pal_code attach_settle(struct pal_db *db, struct pal_arena *arena, const struct posted *out,
                            const size_t *which, size_t n, const int64_t *attached,
                            struct pal_error *err)
{
    struct pal_params p;
    size_t count = 0;
    int64_t *back = pal_arena_alloc(arena, n * sizeof *back);
    if (!back)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++)
        if (attached[i] > 0 && out[which[i]].result != POST_STORED)
            back[count++] = attached[i];
    if (count == 0)
        return PAL_OK;
    pal_params_init(&p, arena);
    pal_p_ints(&p, back, count);
    return pal_db_exec(db, &sql_attach_return, &p, NULL, err);
}

PAL_STATEMENT(sql_attach_usable,
              "select count(*) = cardinality($3::bigint[]) from (select f.id from file f"
              " where f.id = any($3::bigint[]) and f.user_id = $1::bigint and f.org_id = $2::bigint"
              " and f.state = 'ready' and f.message_id is null"
              " and f.expires_at > statement_timestamp() order by f.id for update) f");

enum pal_code attach_usable(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            const int64_t *files, size_t n, bool *usable, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_ints(&p, files, n);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_attach_usable, &p, &rows, err);
    *usable = code == PAL_OK && pal_row_bool(&rows, 0, 0);
    return code;
}
