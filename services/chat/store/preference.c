/* SQL of preferences: preference.h. Users have a row from their first change on. */
#include "store/preference.h"

PAL_STATEMENT(sql_preference_get,
              "select row_to_json(w) from (select coalesce(p.share_read_receipts, true) as"
              " share_read_receipts from (select $1::bigint as user_id, $2::bigint) v"
              " left join preference p on p.user_id = v.user_id) w");

enum pal_code preference_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    return pal_db_text(db, &sql_preference_get, &p, arena, json, err);
}

PAL_STATEMENT(sql_preference_put,
              "insert into preference as p (user_id, share_read_receipts)"
              " select $1::bigint, coalesce((j.c->>'share_read_receipts')::boolean, true)"
              " from (select $3::json as c, $2::bigint) j on conflict (user_id) do update set"
              " share_read_receipts = coalesce(($3::json->>'share_read_receipts')::boolean,"
              "  p.share_read_receipts) where p.share_read_receipts is distinct from"
              " coalesce(($3::json->>'share_read_receipts')::boolean, p.share_read_receipts)");

enum pal_code preference_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str changes, bool *changed, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, changes);
    return answer_changed(db, &sql_preference_put, &p, changed, err);
}

PAL_STATEMENT(sql_preference_receipts,
              "select coalesce((select p.share_read_receipts from preference p"
              " where p.user_id = $1::bigint), true) where $2::bigint is not null");

enum pal_code preference_shares_receipts(struct pal_db *db, struct pal_arena *arena,
                                         const struct viewer *v, bool *shares,
                                         struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_preference_receipts, &p, &rows, err);
    if (code == PAL_OK)
        *shares = pal_row_bool(&rows, 0, 0);
    return code;
}

/* In the order of the ids, so that two gateways that tell of the same people cannot block each
 * other; few rows are rewritten. */
PAL_STATEMENT(
    sql_here_put,
    "insert into here as h (user_id, seen_at) select i.id, now() from (select distinct x.id"
    " from unnest($1::bigint[]) x (id) order by 1) i on conflict (user_id) do update set"
    " seen_at = now() where h.seen_at < now() - interval '20 seconds'");

enum pal_code here_put(struct pal_db *db, struct pal_arena *arena, const int64_t *users, size_t n,
                       struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_ints(&p, users, n);
    return pal_db_exec(db, &sql_here_put, &p, NULL, err);
}
