/* auth.logout, auth.me, auth.jwks, and the sessions of the caller. */
#include "handlers/handlers.h"

#include "handlers/facts.h"
#include "handlers/people.h"
#include "handlers/secrets.h"
#include "settings.h"
#include "store/key.h"
#include "store/session.h"

/* *ended: it is the caller's, and had not ended before. */
static enum pal_code end_one(struct pal_call *c, uint64_t session, bool *ended)
{
    *ended = false;
    if (!session)
        return PAL_OK;
    enum pal_code code =
        session_store_end(c->db, c->arena, c->caller.user, session, "logout", ended, &c->err);
    if (code == PAL_OK && *ended)
        code = fact_session_revoked(c, c->caller.org, c->caller.user, session, "logout");
    return code;
}

enum pal_code auth_logout(struct pal_call *c)
{
    struct pal_str token = pal_json_str(c->in, "refresh_token");
    uint8_t hash[TOKEN_HASH_BYTES];
    uint64_t other = 0;
    bool ended;
    enum pal_code code = end_one(c, c->caller.session, &ended);
    if (code == PAL_OK && token.n > 0) {
        secret_hash(token, hash);
        code = session_store_by_token(c->db, c->arena, c->caller.user, hash, &other, &c->err);
        if (code == PAL_OK)
            code = end_one(c, other, &ended);
    }
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

enum pal_code auth_me(struct pal_call *c)
{
    struct account me;
    enum pal_code code = people_caller(c, &me);
    return code == PAL_OK ? people_reply(c, &me, me.id) : code;
}

enum pal_code auth_jwks(struct pal_call *c)
{
    struct pal_str json;
    enum pal_code code = key_store_jwks(c->db, c->arena, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code session_list(struct pal_call *c)
{
    struct pal_str json;
    enum pal_code code =
        session_store_list(c->db, c->arena, c->caller.user, c->caller.session, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

enum pal_code session_end(struct pal_call *c)
{
    bool ended;
    enum pal_code code = end_one(c, (uint64_t)pal_json_int(c->in, "session_id", 0), &ended);
    if (code == PAL_OK && !ended)
        return pal_fail(c, &pal_err_session_not_found, "no session of yours has this id");
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

enum pal_code session_end_others(struct pal_call *c)
{
    enum pal_code code =
        fact_sessions_end(c, c->caller.org, c->caller.user, c->caller.session, "logout");
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

enum pal_code session_revoked(struct pal_call *c)
{
    struct pal_str json;
    int64_t lifetime = auth_settings_of(c->service)->access_ttl_ms + 60000;
    int64_t since = pal_json_int(c->in, "since_ms", c->now_ms - lifetime);
    enum pal_code code =
        session_store_ended_since(c->db, c->arena, since > 0 ? since : 1, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}
