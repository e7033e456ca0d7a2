/* Sessions and their refresh tokens. */
#include "store/session.h"

#include "gen/catalogue.h"
#include "store/rows.h"

PAL_STATEMENT(session_open_sql,
              "with who as (update account set last_activity = now() where id = $1 and is_active"
              " and password_hash = $2 and coalesce(banned_until <= now(), true) returning id),"
              " made as (insert into session (account_id, expires_at, address, device)"
              " select id, $5, $3::inet, $6 from who returning id)"
              " insert into refresh_token (hash, session_id, expires_at)"
              " select $4, id, $5 from made returning session_id");

enum pal_code session_store_open(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                 struct pal_str password_hash, const char *address,
                                 struct pal_str device, const uint8_t token[TOKEN_HASH_BYTES],
                                 int64_t expires_ms, uint64_t *session, struct pal_error *err)
{
    struct pal_params p;
    int64_t made = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_str(&p, password_hash);
    pal_p_str(&p, pal_str_of(address));
    pal_p_bytes(&p, token, TOKEN_HASH_BYTES);
    pal_p_time(&p, expires_ms);
    pal_p_str(&p, device);
    enum pal_code code = store_int(db, &session_open_sql, &p, &made, err);
    if (code == PAL_OK)
        *session = (uint64_t)made;
    return code;
}

PAL_STATEMENT(
    refresh_get_sql,
    "select s.id, s.account_id, t.used_at is not null, s.revoked_at is not null,"
    " unix_ms(t.expires_at), a.is_active and o.is_active, coalesce(unix_ms(a.banned_until), 0),"
    " coalesce(t.exchange_key = $2::bytea, false), coalesce(unix_ms(t.used_at), 0)"
    " from refresh_token t join session s on s.id = t.session_id"
    " join account a on a.id = s.account_id join organization o on o.id = a.organization_id"
    " where t.hash = $1 for update of t, s");

enum pal_code session_store_refresh_get(struct pal_db *db, struct pal_arena *arena,
                                        const uint8_t token[TOKEN_HASH_BYTES], const uint8_t *key,
                                        struct refresh_row *out, struct pal_error *err)
{
    PAL_ROWS r;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, token, TOKEN_HASH_BYTES);
    pal_p_bytes(&p, key, key ? EXCHANGE_KEY_BYTES : 0);
    enum pal_code code = pal_db_run(db, &refresh_get_sql, &p, &r, err);
    if (code != PAL_OK)
        return code;
    if (r.n == 0)
        return PAL_NOT_FOUND;
    *out = (struct refresh_row){
        .session = (uint64_t)pal_row_int(&r, 0, 0),
        .account = (uint64_t)pal_row_int(&r, 0, 1),
        .facts = {.used = pal_row_bool(&r, 0, 2),
                  .session_revoked = pal_row_bool(&r, 0, 3),
                  .expires_ms = pal_row_int(&r, 0, 4),
                  .account_active = pal_row_bool(&r, 0, 5),
                  .banned_until_ms = pal_row_int(&r, 0, 6),
                  .same_key = pal_row_bool(&r, 0, 7),
                  .used_ms = pal_row_int(&r, 0, 8)},
    };
    return PAL_OK;
}

PAL_STATEMENT(refresh_take_back_sql,
              "update refresh_token set used_at = now() where used_at is null"
              " and hash = (select t.next from refresh_token t where t.hash = $1)");

enum pal_code session_store_take_back(struct pal_db *db, struct pal_arena *arena,
                                      const uint8_t token[TOKEN_HASH_BYTES], bool *unused,
                                      struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, token, TOKEN_HASH_BYTES);
    enum pal_code code = pal_db_exec(db, &refresh_take_back_sql, &p, &n, err);
    if (code == PAL_OK)
        *unused = n > 0;
    return code;
}

PAL_STATEMENT(
    refresh_rotate_sql,
    "with old as (update refresh_token set used_at = coalesce(used_at, now()),"
    " exchange_key = nullif($6::bytea, ''), next = $3 where hash = $2),"
    " next as (insert into refresh_token (hash, session_id, expires_at) values ($3, $1, $5)),"
    " who as (update account set last_activity = now()"
    " where id = (select account_id from session where id = $1))"
    " update session set last_used_at = now(), expires_at = $5,"
    " address = coalesce($4::inet, address) where id = $1");

enum pal_code session_store_rotate(struct pal_db *db, struct pal_arena *arena,
                                   const struct rotation *r, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, r->session);
    pal_p_bytes(&p, r->old, TOKEN_HASH_BYTES);
    pal_p_bytes(&p, r->next, TOKEN_HASH_BYTES);
    pal_p_str(&p, pal_str_of(r->address));
    pal_p_time(&p, r->expires_ms);
    pal_p_bytes(&p, r->key, r->key ? EXCHANGE_KEY_BYTES : 0);
    return pal_db_exec(db, &refresh_rotate_sql, &p, NULL, err);
}

PAL_STATEMENT(session_end_sql, "update session set revoked_at = now(), reason = $3"
                               " where id = $2 and account_id = $1 and revoked_at is null");

enum pal_code session_store_end(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                uint64_t session, const char *reason, bool *ended,
                                struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_id(&p, session);
    pal_p_str(&p, pal_str_of(reason));
    enum pal_code code = pal_db_exec(db, &session_end_sql, &p, &n, err);
    if (code == PAL_OK)
        *ended = n > 0;
    return code;
}

PAL_STATEMENT(
    session_end_all_sql,
    "update session set revoked_at = now(), reason = $3"
    " where account_id = $1 and id is distinct from $2 and revoked_at is null returning id");

enum pal_code session_store_end_all(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                    uint64_t except, const char *reason, int64_t **ids, size_t *n,
                                    struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_id(&p, except);
    pal_p_str(&p, pal_str_of(reason));
    enum pal_code code = pal_db_run(db, &session_end_all_sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    size_t count = rows.n < SESSIONS_ENDED_MAX ? (size_t)rows.n : SESSIONS_ENDED_MAX;
    int64_t *list = pal_arena_alloc(arena, (count + 1) * sizeof *list);
    if (!list)
        return pal_error_set(err, &pal_err_service_internal, "out of request memory");
    for (size_t i = 0; i < count; i++)
        list[i] = pal_row_int(&rows, (int)i, 0);
    *ids = list;
    *n = count;
    return PAL_OK;
}

PAL_STATEMENT(
    session_list_sql,
    "select jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object('id', s.id,"
    " 'address', host(s.address), 'device', s.device, 'created_at', iso(s.created_at),"
    " 'last_used_at', iso(s.last_used_at), 'expires_at', iso(s.expires_at),"
    " 'is_current', s.id = $2) order by s.last_used_at desc, s.id desc), '[]'),"
    " 'next_cursor', null) from (select * from session where account_id = $1"
    " and revoked_at is null and expires_at > now() order by last_used_at desc limit 200) s");

enum pal_code session_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                 uint64_t current, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_id(&p, current);
    return store_text(db, &session_list_sql, &p, arena, json, err);
}

PAL_STATEMENT(session_by_token_sql,
              "select s.id from refresh_token t join session s on s.id = t.session_id"
              " where t.hash = $2 and s.account_id = $1");

enum pal_code session_store_by_token(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                     const uint8_t token[TOKEN_HASH_BYTES], uint64_t *session,
                                     struct pal_error *err)
{
    struct pal_params p;
    int64_t id = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_bytes(&p, token, TOKEN_HASH_BYTES);
    enum pal_code code = store_int(db, &session_by_token_sql, &p, &id, err);
    if (code != PAL_OK && code != PAL_NOT_FOUND)
        return code;
    *session = (uint64_t)id;
    return PAL_OK;
}

PAL_STATEMENT(session_known_sql,
              "select exists (select from session where account_id = $1 and address = $2::inet"
              " and created_at > now() - interval '30 days' and reason is distinct from 'reuse')");

enum pal_code session_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                  const char *address, bool *known, struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_str(&p, pal_str_of(address));
    enum pal_code code = pal_db_run(db, &session_known_sql, &p, &rows, err);
    if (code == PAL_OK)
        *known = pal_row_bool(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(
    session_ended_sql,
    "select jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object("
    "'session_id', id, 'user_id', account_id, 'reason', reason, 'at', iso(revoked_at))"
    " order by revoked_at desc), '[]'))"
    " from (select * from session where revoked_at >= $1 order by revoked_at desc limit 10000) s");

enum pal_code session_store_ended_since(struct pal_db *db, struct pal_arena *arena,
                                        int64_t since_ms, struct pal_str *json,
                                        struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_time(&p, since_ms);
    return store_text(db, &session_ended_sql, &p, arena, json, err);
}

/* Used tokens stay until they would have expired: they are how reuse is noticed. */
PAL_STATEMENT(token_expire_sql,
              "delete from refresh_token where hash in (select hash from refresh_token"
              " where expires_at < $1 order by expires_at limit 5000 for update skip locked)");
PAL_STATEMENT(
    session_expire_sql,
    "delete from session where id in (select id from session"
    " where expires_at < $1 or revoked_at < $1 order by id limit 1000 for update skip locked)");

enum pal_code session_store_expire(struct pal_db *db, struct pal_arena *arena, int64_t before_ms,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_time(&p, before_ms);
    enum pal_code code = pal_db_exec(db, &token_expire_sql, &p, NULL, err);
    return code == PAL_OK ? pal_db_exec(db, &session_expire_sql, &p, NULL, err) : code;
}
