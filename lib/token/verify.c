/* Verifying access tokens: shape and header before any cryptography, then the signature, then every
 * claim with its type. The claims are read here from the signed bytes, with bounds and without
 * libjwt's leniency. Any thread. */
#include "base/id.h"
#include "base/json.h"
#include "base/limits.h"
#include "gen/catalogue.h"
#include "token/jws.h"
#include "token/keyset.h"

enum { SIGNATURE_BYTES = 64 };

struct parts {
    struct pal_str header, claims, signature; /* base64url, borrowed from the token */
};

static enum pal_code refuse(struct pal_error *err, const char *why)
{
    return pal_error_set(err, &pal_err_token_invalid, "%s", why);
}

static bool split(struct pal_str token, struct parts *out)
{
    if (token.n == 0 || token.n > PAL_TOKEN_MAX)
        return false;
    struct pal_str rest = pal_str_cut(token, '.', &out->header);
    if (!rest.p)
        return false;
    out->signature = pal_str_cut(rest, '.', &out->claims);
    return out->signature.p && !memchr(out->signature.p, '.', out->signature.n);
}

/* Decodes one segment and parses it as a JSON object; NULL when it is anything else. */
static json_t *segment(struct pal_str text)
{
    char bytes[PAL_TOKEN_MAX], why[80];
    size_t n = 0;
    if (!pal_b64url_decode(text, bytes, sizeof bytes, &n))
        return NULL;
    json_t *o = pal_json_parse((struct pal_str){bytes, n}, why);
    if (json_is_object(o))
        return o;
    json_decref(o);
    return NULL;
}

static bool is_text(const json_t *o, const char *name, const char *value)
{
    const json_t *v = json_object_get(o, name);
    return json_is_string(v) &&
           pal_str_eq((struct pal_str){json_string_value(v), json_string_length(v)},
                      pal_str_of(value));
}

/* Exactly alg, typ and kid: whatever else a header may bring (jwk, jku, x5u, x5c, crit, zip, b64)
 * is refused. */
static bool header_ok(struct pal_str text, char kid[PAL_KID_MAX + 1])
{
    json_t *h = segment(text);
    const json_t *id = json_object_get(h, "kid");
    bool ok = json_object_size(h) == 3 && is_text(h, "alg", "ES256") &&
              is_text(h, "typ", PAL_TOKEN_TYP) && json_is_string(id) &&
              json_string_length(id) > 0 && json_string_length(id) <= PAL_KID_MAX &&
              !memchr(json_string_value(id), '\0', json_string_length(id));
    if (ok)
        memcpy(kid, json_string_value(id), json_string_length(id) + 1);
    json_decref(h);
    return ok;
}

static bool signature_right(struct pal_str token, struct pal_str signature, const char *pem)
{
    uint8_t bytes[SIGNATURE_BYTES];
    char text[PAL_TOKEN_MAX + 1];
    size_t n = 0;
    if (!pal_b64url_decode(signature, bytes, sizeof bytes, &n) || n != SIGNATURE_BYTES)
        return false;
    memcpy(text, token.p, token.n);
    text[token.n] = '\0';
    return pal_jws_verify(text, pem);
}

static bool signature_ok(struct known *known, struct pal_str token, struct pal_str signature,
                         const char *pem)
{
    uint8_t digest[KNOWN_DIGEST];
    bool can_know = known_digest(token, pem, digest);
    if (can_know && known_has(known, digest))
        return true;
    bool ok = signature_right(token, signature, pem);
    if (ok && can_know)
        known_add(known, digest);
    return ok;
}

static bool id_claim(const json_t *o, const char *name, uint64_t *out)
{
    const json_t *v = json_object_get(o, name);
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < 1 || n > PAL_ID_MAX)
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool time_claim(const json_t *o, const char *name, int64_t *out)
{
    uint64_t n = 0;
    if (!id_claim(o, name, &n)) /* the same range: JSON's safe integers */
        return false;
    *out = (int64_t)n;
    return true;
}

static bool subject_claim(const json_t *o, uint64_t *out)
{
    const json_t *v = json_object_get(o, "sub");
    return json_is_string(v) &&
           pal_parse_u64((struct pal_str){json_string_value(v), json_string_length(v)}, out) &&
           *out >= 1 && *out <= (uint64_t)PAL_ID_MAX;
}

static bool read_claims(const json_t *o, struct pal_claims *out, int64_t *not_before)
{
    const json_t *role = json_object_get(o, "role"), *jti = json_object_get(o, "jti");
    if (!is_text(o, "iss", PAL_TOKEN_ISSUER) || !is_text(o, "aud", PAL_TOKEN_AUDIENCE) ||
        !is_text(o, "token_use", PAL_TOKEN_USE) || !subject_claim(o, &out->user) ||
        !id_claim(o, "org", &out->org) || !id_claim(o, "sid", &out->session) ||
        !json_is_string(role) || !json_is_string(jti))
        return false;
    out->role = pal_role_parse((struct pal_str){json_string_value(role), json_string_length(role)});
    return out->role != PAL_ROLE_NONE && time_claim(o, "iat", &out->issued_at) &&
           time_claim(o, "nbf", not_before) && time_claim(o, "exp", &out->expires_at) &&
           out->expires_at > out->issued_at;
}

static enum pal_code check_claims(struct pal_str text, int64_t now_ms, struct pal_claims *out,
                                  struct pal_error *err)
{
    struct pal_claims c = {0};
    int64_t not_before = 0, now = now_ms / 1000;
    json_t *o = segment(text);
    bool ok = o && read_claims(o, &c, &not_before);
    json_decref(o);
    if (!ok)
        return refuse(err, "a claim is missing or wrong");
    if (not_before > now + PAL_TOKEN_SKEW_S)
        return refuse(err, "the token is not valid yet");
    if (c.expires_at + PAL_TOKEN_SKEW_S <= now)
        return pal_error_set(err, &pal_err_token_expired, "refresh it and try again");
    *out = c;
    return PAL_OK;
}

enum pal_code pal_token_verify(struct pal_keyset *s, struct pal_str token, int64_t now_ms,
                               struct pal_claims *out, bool *unknown_kid, struct pal_error *err)
{
    struct parts parts;
    char kid[PAL_KID_MAX + 1], pem[PAL_PEM_MAX];
    if (unknown_kid)
        *unknown_kid = false;
    if (!split(token, &parts) || memchr(token.p, '\0', token.n))
        return refuse(err, "the token is malformed");
    if (!header_ok(parts.header, kid))
        return refuse(err, "the token is of another kind");
    if (!pal_keyset_find(s, pal_str_of(kid), pem)) {
        if (unknown_kid)
            *unknown_kid = true;
        return refuse(err, "the token is signed with an unknown key");
    }
    if (!signature_ok(pal_keyset_known(s), token, parts.signature, pem))
        return refuse(err, "the signature is wrong");
    return check_claims(parts.claims, now_ms, out, err);
}
