/* The head of a request: target, headers, trace; then which body it may have. Everything that is
 * wrong is answered here, before a byte of the body was read, and the connection is closed after
 * it. */
#include "http/steps.h"

#include "base/id.h"
#include "proto/validate.h"

#include <stdio.h>

static void refuse_and_close(struct pal_http *r, const struct pal_err_def *def, const char *why)
{
    r->close = true;
    pal_reply_refuse(r, def, why);
}

/* ---- the target (RFC 9112 §3.2) ---- */

static bool printable(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
            return false;
    }
    return true;
}

/* "http://host/path" becomes "/path"; the host must be the one of the Host header. */
static bool strip_absolute(const struct pal_http *r, struct pal_str *target)
{
    size_t scheme = pal_str_starts(*target, PAL_STR("http://"))    ? strlen("http://")
                    : pal_str_starts(*target, PAL_STR("https://")) ? strlen("https://")
                                                                   : 0;
    if (scheme == 0)
        return true;
    struct pal_str rest = {target->p + scheme, target->n - scheme};
    size_t n = 0;
    while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
        n++;
    if (!pal_str_caseeq((struct pal_str){rest.p, n}, pal_http_header(r, "Host")))
        return false;
    *target = n < rest.n ? (struct pal_str){rest.p + n, rest.n - n} : PAL_STR("/");
    return true;
}

static const char *read_target(struct pal_http *r)
{
    struct pal_str target = r->target, path;
    if (!printable(target) || memchr(target.p, '#', target.n) || !strip_absolute(r, &target))
        return "the address is not well-formed";
    struct pal_str text = pal_str_cut(target, '?', &path);
    if (!pal_path_ok(path))
        return "the path is not well-formed";
    r->path = path;
    r->query_text = text;
    if (!pal_query_parse(text, &r->arena, &r->query))
        return "the query is not well-formed, or has a parameter twice";
    return NULL;
}

/* ---- trace (W3C Trace Context) ---- */

static bool all_zero(const uint8_t *p, size_t n)
{
    while (n > 0 && p[n - 1] == 0)
        n--;
    return n == 0;
}

/* "00-<32 hex>-<16 hex>-<2 hex>"; later versions may have more behind. */
static bool read_traceparent(struct pal_http *r)
{
    struct pal_str h = pal_http_header(r, "traceparent");
    uint8_t version;
    if (h.n < 55 || h.p[2] != '-' || h.p[35] != '-' || h.p[52] != '-' ||
        !pal_hex_decode((struct pal_str){h.p, 2}, &version, 1) || version == 0xff ||
        !pal_hex_decode((struct pal_str){h.p + 3, 32}, r->trace, sizeof r->trace) ||
        !pal_hex_decode((struct pal_str){h.p + 36, 16}, r->span, sizeof r->span))
        return false;
    return !all_zero(r->trace, sizeof r->trace) && !all_zero(r->span, sizeof r->span);
}

static void read_trace(struct pal_http *r)
{
    if (!read_traceparent(r)) {
        pal_random(r->trace, sizeof r->trace);
        memset(r->span, 0, sizeof r->span);
    }
    pal_hex_encode(r->trace, sizeof r->trace, r->request_id);
}

/* ---- the headers ---- */

static enum MHD_Result guard_one(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                 const char *value, size_t value_n)
{
    (void)kind;
    pal_guard_header(cls, (struct pal_str){key, key_n},
                     (struct pal_str){value ? value : "", value ? value_n : 0});
    return MHD_YES;
}

/* What the method is called in logs and to routes: one of these, never what a client has made up.
 */
static struct pal_str known_method(const char *method)
{
    static const char *const known[] = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(method, known[i]) == 0)
            return pal_str_of(known[i]);
    }
    return PAL_STR("(other)");
}

static bool is_json(struct pal_str type)
{
    struct pal_str media;
    struct pal_str parameter = pal_str_trim(pal_str_cut(type, ';', &media));
    return pal_str_caseeq(pal_str_trim(media), PAL_STR("application/json")) &&
           (parameter.n == 0 || pal_str_caseeq(parameter, PAL_STR("charset=utf-8")) ||
            pal_str_caseeq(parameter, PAL_STR("charset=\"utf-8\"")));
}

/* May this route have this body? */
static void check_body(struct pal_http *r, const struct pal_guard *g)
{
    const char *raw = r->face ? r->face->command->raw_request : NULL;
    r->body_max = raw ? PAL_HTTP_RAW_BODY_MAX : PAL_HTTP_BODY_MAX;
    if (!r->has_body)
        return;
    r->body.max = r->body_max;
    if (r->special && r->special->pieces)
        return;
    if (pal_request_is_get(r) || r->special)
        refuse_and_close(r, &pal_err_request_malformed, "this request takes no body");
    else if (g->length > r->body_max)
        refuse_and_close(r, &pal_err_request_too_large, "the body is too large");
    else if (!raw && !is_json(pal_http_header(r, "Content-Type")))
        refuse_and_close(r, &pal_err_request_media_type, "send application/json");
}

static void refuse_method(struct pal_http *r, const char *allow)
{
    struct pal_buf body;
    struct pal_error err = {0};
    const struct pal_http_header_line line = {"Allow", allow};
    (void)pal_error_set(&err, &pal_err_request_method, "allowed here: %s", allow);
    pal_buf_init(&body, 4096);
    pal_problem_write(&err, pal_str_of(r->request_id), &body);
    pal_http_send(r, err.def->status, "application/problem+json", pal_buf_view(&body), &line, 1);
    pal_buf_fini(&body);
}

static void find_route(struct pal_http *r, const struct pal_guard *g)
{
    char allow[PAL_ALLOW_MAX];
    switch (pal_route_find(r, allow)) {
    case PAL_MATCH_FOUND:
        check_body(r, g);
        return;
    case PAL_MATCH_METHOD:
        refuse_method(r, allow);
        return;
    case PAL_MATCH_NONE:
        break;
    }
    /* With a body on its way the connection is closed by libmicrohttpd anyway. */
    pal_reply_refuse(r, &pal_err_request_not_found, "no such path");
}

void pal_request_begin(struct pal_http *r, const char *method, const char *version)
{
    struct pal_guard g = {0};
    bool options = strcmp(method, "OPTIONS") == 0;
    r->http11 = strcmp(version, MHD_HTTP_VERSION_1_1) == 0;
    r->method = known_method(method);
    r->head_only = strcmp(method, "HEAD") == 0;
    (void)MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, guard_one, &g);
    r->chunked = g.chunked;
    r->has_body = g.chunked || g.length > 0;
    r->length = !g.has_length ? -1 : g.length > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)g.length;
    const char *why = pal_guard_verdict(&g, r->http11);
    if (!why && !r->http11 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
        why = "this version of HTTP is not spoken here";
    read_trace(r);
    pal_request_find_address(r);
    if (why) {
        refuse_and_close(r, &pal_err_request_malformed, why);
        return;
    }
    if (r->target.n > PAL_HTTP_TARGET_MAX)
        refuse_and_close(r, &pal_err_request_too_large, "the address is too long");
    else if (options && pal_str_eq(r->target, PAL_STR("*")))
        pal_http_send(r, 204, NULL, (struct pal_str){NULL, 0}, NULL, 0);
    else if ((why = read_target(r)))
        refuse_and_close(r, &pal_err_request_malformed, why);
    else if (options && !pal_route_own_options(r))
        pal_route_options(r);
    else if (options)
        return;
    else
        find_route(r, &g);
}
