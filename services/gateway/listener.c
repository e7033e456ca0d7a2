/* Routes that are not in the catalogue, and how the front reaches the rest of the gateway. */
#include "listener.h"

#include "base/limits.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "http/front.h"
#include "keys.h"
#include "open.h"
#include "rest.h"
#include "session.h"

#include <string.h>

/* ---- WebSockets ---- */

static bool refuse(struct pal_http *r, const struct pal_err_def *def, const char *detail)
{
    struct pal_error err;
    pal_error_clear(&err);
    (void)pal_error_set(&err, def, "%s", detail);
    pal_http_fail(r, &err);
    return false;
}

/* A random time to come again: those who are refused together do not return together. */
static bool refuse_for_now(struct gateway *gw, struct pal_http *r, const struct pal_err_def *def,
                           const char *detail)
{
    struct pal_error err;
    pal_error_clear(&err);
    (void)pal_error_set(&err, def, "%s", detail);
    err.retry_after_ms = admission_retry_ms(gw);
    pal_metric_add(gw->metrics.refused, 1);
    pal_http_fail(r, &err);
    return false;
}

/* Nobody may take the room of all others. */
static bool person_has_room(const struct gateway *gw, uint64_t user)
{
    const struct person *p = person_find(&gw->people, user);
    return !p || p->n < (size_t)gw->config->max_per_person;
}

/* Token, origin and rate are settled before anything is accepted (RFC 6455 §4.2.2). False:
 * answered. */
static bool admitted(struct gateway *gw, struct pal_http *r, struct pal_claims *claims)
{
    if (!pal_http_origin_ok(r))
        return refuse(r, &pal_err_origin_denied, "this page may not connect here");
    if (!pal_http_limit(r, "connect", NULL) || !pal_http_authenticate(r, claims))
        return false;
    if (revoked_has(&gw->revoked, claims))
        return refuse(r, &pal_err_token_invalid, "the session has ended");
    if (!pal_http_upgrade_ok(r))
        return false;
    if (!person_has_room(gw, claims->user))
        return refuse_for_now(gw, r, &pal_err_connection_too_many, "close sockets of yours first");
    bool room = !gw->drain && gw->people.sessions < (size_t)gw->config->max_connections;
    if (room && !admission_full(&gw->admission))
        return true;
    return refuse_for_now(gw, r, &pal_err_service_unavailable, "no room for another socket now");
}

/* The id in the path, or 0. */
static uint64_t path_id(const struct pal_http *r, const char *name)
{
    uint64_t id;
    return pal_parse_u64(pal_http_param(r, name), &id) && id <= (uint64_t)PAL_ID_MAX ? id : 0;
}

/* NULL: it has been refused. */
static struct session *open_socket(struct gateway *gw, struct pal_http *r,
                                   const struct pal_claims *claims, enum session_kind kind,
                                   uint64_t channel)
{
    struct session *s = session_new(gw, claims, kind, channel, pal_http_address(r));
    if (!s)
        (void)refuse(r, &pal_err_service_internal, "out of memory");
    return s;
}

static void ws_all(void *ctx, struct pal_http *r)
{
    struct pal_claims claims;
    if (!admitted(ctx, r, &claims))
        return;
    struct pal_str resume = pal_http_query(r, "resume");
    bool waits = pal_str_eq(resume, PAL_STR("true"));
    if (resume.p && !waits && !pal_str_eq(resume, PAL_STR("false"))) {
        (void)refuse(r, &pal_err_request_invalid, "resume is true or false");
        return;
    }
    struct session *s = open_socket(ctx, r, &claims, SESSION_ALL, 0);
    if (!s)
        return;
    s->resumes = waits;
    open_start(s, r, -1);
}

static void ws_channel(void *ctx, struct pal_http *r)
{
    struct pal_claims claims;
    if (!admitted(ctx, r, &claims))
        return;
    uint64_t channel = path_id(r, "channel_id");
    struct pal_str text = pal_http_query(r, "since");
    int64_t since = -1;
    if (channel == 0)
        (void)refuse(r, &pal_err_channel_not_found, "a channel is a positive number");
    else if (text.p && (!pal_parse_i64(text, &since) || since < 0))
        (void)refuse(r, &pal_err_request_invalid, "since is a seq: a number, 0 or more");
    else {
        struct session *s = open_socket(ctx, r, &claims, SESSION_CHANNEL, channel);
        if (s)
            open_start(s, r, since);
    }
}

static void ws_notifications(void *ctx, struct pal_http *r)
{
    struct pal_claims claims;
    if (!admitted(ctx, r, &claims))
        return;
    if (path_id(r, "user_id") != claims.user) {
        (void)refuse(r, &pal_err_access_denied, "notifications are told to their owner only");
        return;
    }
    struct session *s = open_socket(ctx, r, &claims, SESSION_NOTES, 0);
    if (s)
        open_start(s, r, -1);
}

/* ---- files ---- */

static void from_pages(struct gateway *gw, struct pal_http *r, struct pal_str path)
{
    if (gw->pages)
        pal_static_serve(gw->pages, r, path, "/index.html");
    else
        (void)refuse(r, &pal_err_request_not_found, "no web client is installed");
}

static void door(void *ctx, struct pal_http *r)
{
    from_pages(ctx, r, PAL_STR("/index.html"));
}

/* The client finds out from the address what to open. */
static void chat(void *ctx, struct pal_http *r)
{
    from_pages(ctx, r, PAL_STR("/chat.html"));
}

static void file(void *ctx, struct pal_http *r)
{
    struct gateway *gw = ctx;
    if (gw->pages)
        pal_static_serve(gw->pages, r, pal_http_path(r), NULL);
    else
        (void)refuse(r, &pal_err_request_not_found, "no web client is installed");
}

/* Relative links of the documents need the slash at the end of /docs/. */
static void docs(void *ctx, struct pal_http *r)
{
    static const struct pal_http_header_line location = {"Location", "/docs/"};
    struct gateway *gw = ctx;
    struct pal_str path = pal_http_path(r);
    size_t prefix = strlen("/docs");
    struct pal_str rest = {path.p + prefix, path.n - prefix};
    if (!gw->docs)
        (void)refuse(r, &pal_err_request_not_found, "no documents are installed");
    else if (rest.n == 0)
        pal_http_send(r, 308, "text/plain; charset=utf-8", PAL_STR("/docs/\n"), &location, 1);
    else
        pal_static_serve(gw->docs, r, rest.n > 1 ? rest : PAL_STR("/index.html"), NULL);
}

static void healthz(void *ctx, struct pal_http *r)
{
    (void)ctx;
    pal_http_send(r, 200, "application/json", PAL_STR("{\"status\":\"ok\"}"), NULL, 0);
}

static const struct pal_http_special specials[] = {
    {"GET", "/ws", ws_all, NULL, false},
    {"GET", "/ws/chat/{channel_id}", ws_channel, NULL, false},
    {"GET", "/ws/notifications/{user_id}", ws_notifications, NULL, false},
    {"GET", "/healthz", healthz, NULL, false},
    {"GET", "/", door, NULL, false},
    {"GET", "/login", door, NULL, false},
    {"GET", "/register", door, NULL, false},
    {"GET", "/forgot", door, NULL, false},
    {"GET", "/reset", door, NULL, false},
    {"GET", "/verify", door, NULL, false},
    {"GET", "/chat", chat, NULL, false},
    {"GET", "/chat/*", chat, NULL, false},
    {"GET", "/c/*", chat, NULL, false},
    {"GET", "/favicon.svg", file, NULL, false},
    {"GET", "/favicon.ico", file, NULL, false},
    {"GET", "/manifest.webmanifest", file, NULL, false},
    {"GET", "/sw.js", file, NULL, false},
    {"GET", "/robots.txt", file, NULL, false},
    {"GET", "/assets/*", file, NULL, false},
    {"GET", "/docs", docs, NULL, false},
    {"GET", "/docs/*", docs, NULL, false},
};

/* ---- the front ---- */

static bool admit(void *ctx, const struct pal_claims *claims)
{
    struct gateway *gw = ctx;
    return !revoked_has(&gw->revoked, claims);
}

static void refresh_keys(void *ctx)
{
    keys_refresh(ctx);
}

static enum pal_code load(const char *folder, struct pal_static **out, struct pal_error *err)
{
    return *folder ? pal_static_load(folder, out, err) : PAL_OK;
}

enum pal_code listener_start(struct gateway *gw, struct pal_error *err)
{
    const struct gateway_config *c = gw->config;
    enum pal_code code = load(c->static_dir, &gw->pages, err);
    if (code == PAL_OK)
        code = load(c->docs_dir, &gw->docs, err);
    if (code != PAL_OK)
        return code;
    struct pal_front_config front = {
        .loop = gw->loop,
        .listen = c->listen,
        .reuse_port = c->reuse_port,
        .trusted_proxies = c->proxies,
        .keys = gw->keys,
        .limiter = gw->limiter,
        .owners = 1U << PAL_OWNER_GATEWAY | 1U << PAL_OWNER_AUTH | 1U << PAL_OWNER_CHAT |
                  1U << PAL_OWNER_NOTIFY,
        .call = rest_call,
        .admit = admit,
        .refresh_keys = refresh_keys,
        .specials = specials,
        .n_specials = sizeof specials / sizeof specials[0],
        .allowed_origins = c->origins,
        .secure_cookies = c->secure_cookies,
        .ctx = gw,
        .max_connections = (unsigned)c->max_connections,
    };
    return pal_front_start(&front, &gw->front, err);
}

void listener_stop(struct gateway *gw)
{
    pal_front_free(gw->front);
    pal_static_free(gw->pages);
    pal_static_free(gw->docs);
    gw->front = NULL;
    gw->pages = gw->docs = NULL;
}
