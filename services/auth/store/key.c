/* Signing keys. */
#include "store/key.h"

#include "gen/catalogue.h"
#include "store/rows.h"

/* Any constant will do that nothing else in this database takes. */
PAL_STATEMENT(key_lock_sql, "select pg_advisory_xact_lock(hashtext('auth.signing_key'))");

enum pal_code key_store_lock(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &key_lock_sql, NULL, NULL, err);
}

PAL_STATEMENT(key_list_sql,
              "select kid, private_key, unix_ms(activates_at), coalesce(unix_ms(retires_at), 0)"
              " from signing_key where retires_at is null or retires_at > now()"
              " order by activates_at desc, kid limit $1");

static enum pal_code take_key(const struct pal_rows *rows, int i, struct pal_arena *arena,
                              struct key_row *out, struct pal_error *err)
{
    if (!row_text(rows, i, 0, arena, &out->kid, err))
        return PAL_INTERNAL;
    out->sealed = pal_row_bytes(rows, i, 1, arena);
    if (!out->sealed.p)
        return pal_error_set(err, &pal_err_service_internal, "out of request memory");
    out->times.activates_ms = pal_row_int(rows, i, 2);
    out->times.retires_ms = pal_row_int(rows, i, 3);
    return PAL_OK;
}

enum pal_code key_store_list(struct pal_db *db, struct pal_arena *arena, struct key_row **rows,
                             size_t *n, struct pal_error *err)
{
    PAL_ROWS found;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, KEY_STORE_MAX);
    enum pal_code code = pal_db_run(db, &key_list_sql, &p, &found, err);
    if (code != PAL_OK)
        return code;
    struct key_row *list = pal_arena_alloc(arena, sizeof *list * KEY_STORE_MAX);
    if (!list)
        return pal_error_set(err, &pal_err_service_internal, "out of request memory");
    for (int i = 0; code == PAL_OK && i < found.n; i++)
        code = take_key(&found, i, arena, &list[i], err);
    if (code != PAL_OK)
        return code;
    *rows = list;
    *n = (size_t)found.n;
    return PAL_OK;
}

PAL_STATEMENT(key_insert_sql, "insert into signing_key (kid, private_key, public_jwk, activates_at)"
                              " values ($1, $2, $3::json, $4)");

enum pal_code key_store_insert(struct pal_db *db, struct pal_arena *arena,
                               const struct key_row *key, struct pal_str jwk, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, key->kid);
    pal_p_bytes(&p, key->sealed.p, key->sealed.n);
    pal_p_str(&p, jwk);
    pal_p_time(&p, key->times.activates_ms);
    return pal_db_exec(db, &key_insert_sql, &p, NULL, err);
}

PAL_STATEMENT(key_retire_sql,
              "update signing_key set retires_at = $2 where kid <> $1 and retires_at is null");

enum pal_code key_store_retire_others(struct pal_db *db, struct pal_arena *arena,
                                      struct pal_str kid, int64_t retires_ms, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, kid);
    pal_p_time(&p, retires_ms);
    return pal_db_exec(db, &key_retire_sql, &p, NULL, err);
}

PAL_STATEMENT(
    key_jwks_sql,
    "select json_build_object('keys', coalesce(json_agg(public_jwk order by activates_at),"
    " '[]')) from signing_key where retires_at is null or retires_at > now()");

enum pal_code key_store_jwks(struct pal_db *db, struct pal_arena *arena, struct pal_str *json,
                             struct pal_error *err)
{
    return store_text(db, &key_jwks_sql, NULL, arena, json, err);
}

PAL_STATEMENT(key_expire_sql,
              "delete from signing_key where retires_at < now() - interval '1 day'");

enum pal_code key_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &key_expire_sql, NULL, NULL, err);
}
