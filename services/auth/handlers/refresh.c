/* auth.refresh: rotation of refresh tokens, and the end of a session whose old token comes back. An
 * Idempotency-Key makes the rotation repeatable: no token is kept, each repeat makes another. */
#include "handlers/handlers.h"

#include "handlers/facts.h"
#include "handlers/secrets.h"
#include "handlers/signing_in.h"
#include "handlers/throttling.h"
#include "settings.h"
#include "store/session.h"

#include <string.h>

static enum pal_code invalid(struct pal_call *c)
{
    return pal_fail(c, &pal_err_refresh_invalid, "sign in again");
}

static enum pal_code end_family(struct pal_call *c, const struct account *a, uint64_t session)
{
    bool ended = false;
    enum pal_code code =
        session_store_end(c->db, c->arena, a->id, session, "reuse", &ended, &c->err);
    if (code == PAL_OK && ended)
        code = fact_session_revoked(c, a->org, a->id, session, "reuse");
    if (code != PAL_OK)
        return code;
    (void)invalid(c);
    return pal_refuse(c);
}

static enum pal_code rotate(struct pal_call *c, const struct account *a, uint64_t session,
                            const uint8_t old[TOKEN_HASH_BYTES])
{
    char text[SECRET_TEXT + 1], buf[46];
    uint8_t next[TOKEN_HASH_BYTES];
    int64_t expires = c->now_ms + auth_settings_of(c->service)->refresh_ttl_ms;
    secret_make(text, next);
    const struct rotation rotation = {.session = session,
                                      .old = old,
                                      .next = next,
                                      .key = c->idem,
                                      .address = throttling_address(c, buf),
                                      .expires_ms = expires};
    enum pal_code code = session_store_rotate(c->db, c->arena, &rotation, &c->err);
    if (code == PAL_OK)
        code = signing_in_reply(c, a, session, text);
    explicit_bzero(text, sizeof text);
    return code;
}

/* The answer to the first request was lost, says its key: nobody has used what was in it. */
static enum pal_code rotate_again(struct pal_call *c, const struct account *a, uint64_t session,
                                  const uint8_t old[TOKEN_HASH_BYTES])
{
    bool unused = false;
    enum pal_code code = session_store_take_back(c->db, c->arena, old, &unused, &c->err);
    if (code != PAL_OK)
        return code;
    return unused ? rotate(c, a, session, old) : end_family(c, a, session);
}

static enum pal_code load(struct pal_call *c, uint8_t hash[TOKEN_HASH_BYTES],
                          struct refresh_row *row, struct account *a)
{
    struct pal_str token = pal_json_str(c->in, "refresh_token");
    secret_hash(token, hash);
    enum pal_code code =
        token.n == 0 ? PAL_NOT_FOUND
                     : session_store_refresh_get(c->db, c->arena, hash, c->idem, row, &c->err);
    if (code == PAL_OK)
        code = account_store_get(c->db, c->arena, row->account, a, &c->err);
    return code == PAL_NOT_FOUND ? invalid(c) : code;
}

enum pal_code auth_refresh(struct pal_call *c)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    struct refresh_row row = {0};
    struct account a = {0};
    enum pal_code code = load(c, hash, &row, &a);
    if (code != PAL_OK)
        return code;
    switch (refresh_check(&row.facts, c->now_ms)) {
    case REFRESH_GOOD:
        return rotate(c, &a, row.session, hash);
    case REFRESH_AGAIN:
        return rotate_again(c, &a, row.session, hash);
    case REFRESH_REUSED:
        return end_family(c, &a, row.session);
    case REFRESH_BANNED:
        return signing_in_banned(c, row.facts.banned_until_ms);
    case REFRESH_INVALID:
        break;
    }
    return invalid(c);
}
