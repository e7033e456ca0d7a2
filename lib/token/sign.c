/* Issuing access tokens (RFC 9068): the claims as JSON, signed by jws.c. Any thread. */
#include "base/id.h"
#include "base/json.h"
#include "base/limits.h"
#include "gen/catalogue.h"
#include "token/jws.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool claims_valid(const struct pal_claims *c)
{
    return c->user > 0 && c->user <= PAL_ID_MAX && c->org > 0 && c->org <= PAL_ID_MAX &&
           c->session > 0 && c->session <= PAL_ID_MAX && c->role >= PAL_ROLE_MEMBER &&
           c->role <= PAL_ROLE_ADMIN && c->issued_at > 0 && c->expires_at > c->issued_at;
}

static json_t *claims_json(const struct pal_claims *c)
{
    char sub[24], jti[PAL_UUID_LEN + 1];
    uint8_t id[16];
    pal_uuid_v4(id);
    pal_uuid_format(id, jti);
    (void)snprintf(sub, sizeof sub, "%" PRIu64, c->user);
    json_int_t iat = c->issued_at, exp = c->expires_at;
    return json_pack("{ss ss ss ss sI ss sI sI sI sI ss}", "iss", PAL_TOKEN_ISSUER, "aud",
                     PAL_TOKEN_AUDIENCE, "token_use", PAL_TOKEN_USE, "sub", sub, "org",
                     (json_int_t)c->org, "role", pal_role_name(c->role), "sid",
                     (json_int_t)c->session, "iat", iat, "nbf", iat, "exp", exp, "jti", jti);
}

enum pal_code pal_token_sign(const struct pal_keypair *k, const struct pal_claims *claims,
                             struct pal_arena *arena, struct pal_str *out, struct pal_error *err)
{
    json_t *o = claims_valid(claims) ? claims_json(claims) : NULL;
    char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    char *token = text ? pal_jws_sign(k, text) : NULL;
    json_decref(o);
    free(text);
    struct pal_str made = pal_str_of(token);
    char *copy = token && made.n <= PAL_TOKEN_MAX ? pal_arena_strdup(arena, made) : NULL;
    free(token);
    if (!copy)
        return pal_error_set(err, &pal_err_service_internal, "an access token could not be made");
    *out = (struct pal_str){copy, made.n};
    return PAL_OK;
}
