/* The end of every way to sign in. */
#include "handlers/signing_in.h"

#include "base/clock.h"
#include "handlers/secrets.h"
#include "handlers/throttling.h"
#include "settings.h"
#include "state.h"
#include "store/account_json.h"
#include "store/session.h"

#include <string.h>

static enum pal_code access_token(struct pal_call *c, const struct account *a, uint64_t session,
                                  struct pal_str *out)
{
    const struct auth_settings *set = auth_settings_of(c->service);
    const struct pal_claims claims = {
        .user = a->id,
        .org = a->org,
        .session = session,
        .role = (uint8_t)a->role,
        .issued_at = c->now_ms / 1000,
        .expires_at = (c->now_ms + set->access_ttl_ms) / 1000,
    };
    return keyring_sign(auth_state_of(c)->keys, c->db, &claims, c->now_ms, c->arena, out, &c->err);
}

static enum pal_code user_object(struct pal_call *c, const struct account *a, json_t **out)
{
    struct pal_str text;
    char why[80];
    enum pal_code code = account_json_get(c->db, c->arena, a->org, a->id, true, &text, &c->err);
    if (code == PAL_NOT_FOUND)
        return pal_fail(c, &pal_err_service_internal, "the user has gone");
    if (code != PAL_OK)
        return code;
    *out = pal_json_parse(text, why);
    return *out ? PAL_OK : pal_fail(c, &pal_err_service_internal, "user: %s", why);
}

enum pal_code signing_in_reply(struct pal_call *c, const struct account *a, uint64_t session,
                               const char *refresh)
{
    struct pal_str access;
    json_t *user = NULL;
    enum pal_code code = access_token(c, a, session, &access);
    if (code == PAL_OK)
        code = user_object(c, a, &user);
    if (code != PAL_OK)
        return code;
    int64_t seconds = auth_settings_of(c->service)->access_ttl_ms / 1000;
    return pal_reply_json(c, json_pack("{ss% ss sI ss so}", "access_token", access.p, access.n,
                                       "token_type", "Bearer", "expires_in", (json_int_t)seconds,
                                       "refresh_token", refresh, "user", user));
}

enum pal_code signing_in_open(struct pal_call *c, const struct account *a)
{
    char text[SECRET_TEXT + 1], buf[46];
    uint8_t hash[TOKEN_HASH_BYTES];
    uint64_t session = 0;
    int64_t expires = c->now_ms + auth_settings_of(c->service)->refresh_ttl_ms;
    secret_make(text, hash);
    enum pal_code code =
        session_store_open(c->db, c->arena, a->id, a->password_hash, throttling_address(c, buf),
                           pal_json_str(c->in, "device"), hash, expires, &session, &c->err);
    if (code == PAL_OK)
        code = signing_in_reply(c, a, session, text);
    explicit_bzero(text, sizeof text);
    return code;
}

enum pal_code signing_in_banned(struct pal_call *c, int64_t banned_until_ms)
{
    if (banned_until_ms <= c->now_ms)
        return PAL_OK;
    if (banned_until_ms == INT64_MAX)
        return pal_fail(c, &pal_err_user_banned, "a moderator has closed the account");
    char until[PAL_ISO_LEN + 1];
    pal_iso_format(banned_until_ms, until);
    enum pal_code code =
        pal_fail(c, &pal_err_user_banned, "a moderator has closed the account until %s", until);
    pal_error_member(&c->err, "expires_at", until);
    return code;
}
