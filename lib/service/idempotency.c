/* Idempotency-Key: the reply of a POST is stored in its own transaction, and a repeat gets it. */
#include "service/call.h"

#include "base/json.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 16, KEEP_HOURS = 24 };

bool pal_idempotency_wanted(const struct pal_call *c)
{
    return c->idem && c->cmd->idempotent_key && c->caller.user != 0;
}

/* A key stands for one request with one body: its members in a canonical order, hashed. */
static enum pal_code hash_request(struct pal_call *c, uint8_t out[SHA256_DIGEST_LENGTH])
{
    char *text = json_dumps(c->in, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    SHA256((const unsigned char *)text, strlen(text), out);
    free(text);
    return PAL_OK;
}

static const struct pal_statement sql_idempotency_find = {
    "sql_idempotency_find", "select command, request = $3::bytea, status, body from idempotency"
                            " where user_id = $1::bigint and key = $2::bytea"};

enum pal_code pal_idempotency_find(struct pal_call *c, bool *found)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    struct pal_params p;
    enum pal_code code = hash_request(c, hash);
    if (code != PAL_OK)
        return code;
    pal_params_init(&p, c->arena);
    pal_p_id(&p, c->caller.user);
    pal_p_bytes(&p, c->idem, KEY_BYTES);
    pal_p_bytes(&p, hash, sizeof hash);
    PAL_ROWS rows;
    code = pal_db_run(c->db, &sql_idempotency_find, &p, &rows, &c->err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    if (pal_row_int(&rows, 0, 0) != c->cmd->id || !pal_row_bool(&rows, 0, 1))
        return pal_fail(c, &pal_err_idempotency_mismatch, "the key was used for another request");
    *found = true;
    c->status = (uint16_t)pal_row_int(&rows, 0, 2);
    return pal_reply_text(c, pal_row_str(&rows, 0, 3));
}

static const struct pal_statement sql_idempotency_store = {
    "sql_idempotency_store",
    "insert into idempotency (user_id, key, command, request, status, body)"
    " values ($1::bigint, $2::bytea, $3::integer, $4::bytea, $5::integer, $6::text)"};

enum pal_code pal_idempotency_store(struct pal_call *c)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    struct pal_params p;
    enum pal_code code = hash_request(c, hash);
    if (code != PAL_OK)
        return code;
    pal_params_init(&p, c->arena);
    pal_p_id(&p, c->caller.user);
    pal_p_bytes(&p, c->idem, KEY_BYTES);
    pal_p_int(&p, c->cmd->id);
    pal_p_bytes(&p, hash, sizeof hash);
    pal_p_int(&p, c->status);
    pal_p_str(&p, c->body.p ? c->body : PAL_STR("{}"));
    return pal_db_exec(c->db, &sql_idempotency_store, &p, NULL, &c->err);
}

static const struct pal_statement sql_idempotency_expire = {
    "sql_idempotency_expire",
    "delete from idempotency where created_at < now() - $1::integer * interval '1 hour'"};

enum pal_code pal_idempotency_expire(struct pal_call *c)
{
    struct pal_params p;
    pal_params_init(&p, c->arena);
    pal_p_int(&p, KEEP_HOURS);
    return pal_db_exec(c->db, &sql_idempotency_expire, &p, NULL, &c->err);
}
