/* SQL for direct conversations: direct.h. */
#include "store/direct.h"

static void people_params(struct pal_params *p, struct pal_arena *arena,
                          const struct people *people)
{
    pal_params_init(p, arena);
    pal_p_id(p, people->org);
    pal_p_ints(p, people->ids, people->n);
}

/* The lock is of a number made of them: other people wait too, now and then. */
PAL_STATEMENT(sql_direct_lock, "select pg_advisory_xact_lock(hashtextextended($1::bigint || ':' ||"
                               " array_to_string($2::bigint[], ','), 0))");

enum pal_code direct_store_lock(struct pal_db *db, struct pal_arena *arena,
                                const struct people *people, struct pal_error *err)
{
    struct pal_params p;
    people_params(&p, arena, people);
    return pal_db_exec(db, &sql_direct_lock, &p, NULL, err);
}

PAL_STATEMENT(sql_direct_find, "select channel_id from direct where org_id = $1::bigint"
                               " and users = $2::bigint[]");

enum pal_code direct_store_find(struct pal_db *db, struct pal_arena *arena,
                                const struct people *people, uint64_t *channel,
                                struct pal_error *err)
{
    struct pal_params p;
    people_params(&p, arena, people);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_direct_find, &p, &rows, err);
    if (code == PAL_OK)
        *channel = rows.n > 0 ? (uint64_t)pal_row_int(&rows, 0, 0) : 0;
    return code;
}

PAL_STATEMENT(sql_direct_put, "insert into direct (org_id, users, channel_id)"
                              " values ($1::bigint, $2::bigint[], $3::bigint)");

enum pal_code direct_store_put(struct pal_db *db, struct pal_arena *arena,
                               const struct people *people, uint64_t channel, struct pal_error *err)
{
    struct pal_params p;
    people_params(&p, arena, people);
    pal_p_id(&p, channel);
    return pal_db_exec(db, &sql_direct_put, &p, NULL, err);
}

PAL_STATEMENT(sql_direct_reachable,
              "select count(*) = cardinality($2::bigint[]) from unnest($2::bigint[]) i (id)"
              " cross join lateral (select from user_copy u where u.user_id = i.id"
              " and u.org_id = $1::bigint and u.is_active limit 1) u"
              " left join lateral (select true as yes from ban b where b.user_id = i.id"
              " and b.org_id = $1::bigint"
              " and (b.expires_at is null or b.expires_at > statement_timestamp()) limit 1) b"
              " on true where b.yes is null");

enum pal_code direct_store_reachable(struct pal_db *db, struct pal_arena *arena,
                                     const struct people *people, bool *all, struct pal_error *err)
{
    struct pal_params p;
    people_params(&p, arena, people);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_direct_reachable, &p, &rows, err);
    if (code == PAL_OK)
        *all = pal_row_bool(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(sql_direct_known,
              "select 1 from user_copy where org_id = $1::bigint and user_id = $2::bigint");

enum pal_code direct_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                 uint64_t user, bool *known, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, user);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_direct_known, &p, &rows, err);
    if (code == PAL_OK)
        *known = rows.n == 1;
    return code;
}

PAL_STATEMENT(sql_direct_hide,
              "update member m set hidden_seq = case when $4::boolean then h.seq else 0 end"
              " from channel_head h where m.channel_id = $3::bigint and m.user_id = $1::bigint"
              " and h.channel_id = $3::bigint and $2::bigint is not null"
              " and m.hidden_seq <> case when $4::boolean then h.seq else 0 end");

enum pal_code direct_store_hide(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t channel, bool hide, bool *changed, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    pal_p_bool(&p, hide);
    return answer_changed(db, &sql_direct_hide, &p, changed, err);
}
