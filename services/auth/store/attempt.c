/* Counts of failed sign-ins. */
#include "store/attempt.h"

static void add_keys(struct pal_params *p, const struct attempt_keys *keys)
{
    for (int kind = 0; kind < THROTTLE_KINDS; kind++)
        pal_p_bytes(p, keys->of[kind], ATTEMPT_KEY_BYTES);
}

PAL_STATEMENT(attempt_get_sql,
              "select coalesce(a.failures, 0), coalesce(unix_ms(a.last_at), 0)"
              " from unnest(array[$1::bytea, $2::bytea, $3::bytea]) with ordinality k (key, n)"
              " left join attempt a on a.key = k.key order by k.n");

enum pal_code attempt_store_get(struct pal_db *db, struct pal_arena *arena,
                                const struct attempt_keys *keys,
                                struct throttle_count out[THROTTLE_KINDS], struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    pal_params_init(&p, arena);
    add_keys(&p, keys);
    enum pal_code code = pal_db_run(db, &attempt_get_sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    for (int kind = 0; kind < THROTTLE_KINDS; kind++)
        out[kind] =
            (struct throttle_count){pal_row_int(&rows, kind, 0), pal_row_int(&rows, kind, 1)};
    return PAL_OK;
}

/* In key order, so that two of them cannot block each other. */
PAL_STATEMENT(
    attempt_fail_sql,
    "insert into attempt as a (key, failures, last_at)"
    " select key, 1, now() from unnest(array[$1::bytea, $2::bytea, $3::bytea]) key order by key"
    " on conflict (key) do update set last_at = now(), failures = 1 + floor(a.failures"
    " * power(0.5, floor(extract(epoch from now() - a.last_at) / $4::integer)))::integer");

enum pal_code attempt_store_fail(struct pal_db *db, struct pal_arena *arena,
                                 const struct attempt_keys *keys, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    add_keys(&p, keys);
    pal_p_int(&p, THROTTLE_HALF_LIFE_S);
    return pal_db_exec(db, &attempt_fail_sql, &p, NULL, err);
}

PAL_STATEMENT(attempt_forget_sql, "delete from attempt where key = $1");

enum pal_code attempt_store_forget(struct pal_db *db, struct pal_arena *arena,
                                   const struct attempt_keys *keys, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, keys->of[THROTTLE_PAIR], ATTEMPT_KEY_BYTES);
    return pal_db_exec(db, &attempt_forget_sql, &p, NULL, err);
}

PAL_STATEMENT(attempt_expire_sql,
              "delete from attempt where key in (select key from attempt"
              " where last_at < now() - interval '1 day' limit 1000 for update skip locked)");

enum pal_code attempt_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &attempt_expire_sql, NULL, NULL, err);
}
