/* Who is calling: finding the token, verifying it, and the Origin check. Tokens go nowhere but into
 * the verifier. */
#include "base/clock.h"
#include "http/steps.h"

enum { KEYS_EVERY_MS = 5000 };

static struct pal_str bearer(const struct pal_http *r)
{
    struct pal_str header = pal_http_header(r, "Authorization"), scheme;
    struct pal_str token = pal_str_cut(header, ' ', &scheme);
    if (!pal_str_caseeq(scheme, PAL_STR("Bearer")))
        return (struct pal_str){NULL, 0};
    return token.p ? pal_str_trim(token) : PAL_STR("");
}

static void ask_for_keys(struct pal_front *f)
{
    int64_t now = pal_mono_ms();
    if (!f->config.refresh_keys || (f->keys_asked_ms && now - f->keys_asked_ms < KEYS_EVERY_MS))
        return;
    f->keys_asked_ms = now;
    f->config.refresh_keys(f->config.ctx);
}

enum pal_code pal_auth_check(struct pal_http *r, bool query_too, struct pal_claims *out,
                             bool *from_cookie, struct pal_error *err)
{
    struct pal_front *f = r->front;
    struct pal_claims claims;
    bool unknown_kid = false, cookie = false;
    struct pal_str token = bearer(r);
    if (!token.p && query_too)
        token = pal_http_query(r, "token");
    if (!token.p) {
        token = pal_http_cookie(r, "palique_token");
        cookie = true;
    }
    if (!token.p)
        return pal_error_set(err, &pal_err_token_missing, "send Authorization: Bearer");
    enum pal_code code =
        pal_token_verify(f->config.keys, token, pal_now_ms(), &claims, &unknown_kid, err);
    if (unknown_kid)
        ask_for_keys(f);
    if (unknown_kid && pal_keyset_count(f->config.keys) == 0) {
        /* Just started: a good token must not look bad, or its owner would sign out. */
        err->retry_after_ms = 1000;
        return pal_error_set(err, &pal_err_service_unavailable, "the keys are not known yet");
    }
    if (code != PAL_OK)
        return code;
    if (f->config.admit && !f->config.admit(f->config.ctx, &claims))
        return pal_error_set(err, &pal_err_token_invalid, "the session has ended");
    if (from_cookie)
        *from_cookie = cookie;
    *out = claims;
    return PAL_OK;
}

bool pal_http_authenticate(struct pal_http *r, struct pal_claims *out)
{
    struct pal_error err = {0};
    if (pal_auth_check(r, true, out, NULL, &err) == PAL_OK)
        return true;
    pal_http_fail(r, &err);
    return false;
}

/* ---- origin ---- */

static bool same_origin(struct pal_str origin, struct pal_str host)
{
    struct pal_str scheme;
    struct pal_str rest = pal_str_cut(origin, ':', &scheme);
    if (!pal_str_starts(rest, PAL_STR("//")) || host.n == 0 ||
        !(pal_str_caseeq(scheme, PAL_STR("http")) || pal_str_caseeq(scheme, PAL_STR("https"))))
        return false;
    return pal_str_caseeq((struct pal_str){rest.p + 2, rest.n - 2}, host);
}

bool pal_http_origin_ok(const struct pal_http *r)
{
    struct pal_str origin = pal_http_header(r, "Origin");
    if (!origin.p || same_origin(origin, pal_http_header(r, "Host")))
        return true;
    struct pal_str rest = pal_str_of(r->front->config.allowed_origins);
    while (rest.n > 0) {
        struct pal_str one;
        rest = pal_str_cut(rest, ',', &one);
        if (pal_str_caseeq(pal_str_trim(one), origin))
            return true;
    }
    return false;
}

/* ---- limits ---- */

/* Stable over processes, because the count may be shared: an IPv4 address as it is, of IPv6 the
 * network of a subscriber (/64). The top bit keeps addresses apart from user ids. */
static uint64_t address_subject(const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool v4 = memcmp(address, mapped, sizeof mapped) == 0;
    uint64_t n = 0;
    for (size_t i = v4 ? 12 : 0; i < (v4 ? 16 : 8); i++)
        n = n << 8 | address[i];
    return n | UINT64_C(1) << 63;
}

bool pal_http_limit(struct pal_http *r, const char *rate_name, const struct pal_claims *claims)
{
    const struct pal_rate *rate = pal_rate_by_name(pal_str_of(rate_name));
    if (!rate || !r->front->config.limiter)
        return true;
    bool by_address = rate->per_address || !claims;
    uint64_t subject = by_address ? address_subject(r->address) : claims->user;
    if (pal_limit_take(r->front->config.limiter, rate, subject, &r->limit))
        return true;
    struct pal_error err = {0};
    (void)pal_error_set(&err, &pal_err_rate_limited, "this is counted as '%s'", rate->name);
    err.retry_after_ms = r->limit.retry_after_ms ? r->limit.retry_after_ms : 1000;
    pal_http_fail(r, &err);
    return false;
}
