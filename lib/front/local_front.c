/* Glue between lib/http and lib/service, on the front thread. */
#include "front/local_front.h"

#include "base/clock.h"
#include "base/limits.h"
#include "bus/bus.h"
#include "gen/catalogue.h"

#include <stdlib.h>

enum {
    STARTING_MS = 10,       /* until the front's own clients are there */
    REFRESH_FIRST_MS = 200, /* until auth has answered once */
    REFRESH_MS = 30000,     /* afterwards: heals what the bus may have lost */
    REFRESH_WAIT_MS = 1000,
    REVOKED_KEEP_MS = 24 * 3600 * 1000,
    MAX_CONNECTIONS = 10000
};

/* A request in the lanes. r is NULL when its client has gone. */
struct pending {
    struct pal_http *r;
};

static void pending_gone(void *data)
{
    struct pending *p = data;
    p->r = NULL;
}

static void pending_done(void *arg, const struct pal_frame *reply)
{
    struct pending *p = arg;
    if (p->r)
        pal_http_reply(p->r, reply);
    free(p);
}

void pal_local_front_call(struct pal_local_front *f, struct pal_http *r,
                          const struct pal_frame *request)
{
    struct pending *p = calloc(1, sizeof *p);
    if (!p) {
        struct pal_error err = {0};
        (void)pal_error_set(&err, &pal_err_service_unavailable, "no memory");
        pal_http_fail(r, &err);
        return;
    }
    p->r = r;
    pal_http_set_data(r, p, pending_gone);
    pal_service_submit(f->service, request, f->loop, pending_done, p);
}

static void on_call(void *ctx, struct pal_http *r, struct pal_frame *request,
                    const struct pal_command *cmd)
{
    (void)cmd;
    pal_local_front_call(ctx, r, request);
}

static bool on_admit(void *ctx, const struct pal_claims *claims)
{
    const struct pal_local_front *f = ctx;
    return pal_revocations_admit(&f->revoked, claims);
}

static void on_refresh_keys(void *ctx)
{
    const struct pal_local_front *f = ctx;
    pal_service_refresh_keys(f->service);
}

static void on_revoked(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct pal_local_front *f = arg;
    bool ok =
        code == PAL_OK && reply->status == 200 && pal_revocations_load(&f->revoked, reply->body);
    pal_revocations_expire(&f->revoked, pal_now_ms(), REVOKED_KEEP_MS);
    pal_timer_arm(f->loop, &f->refresh, ok ? REFRESH_MS : REFRESH_FIRST_MS);
}

/* The loop has streams to serve: it waits for nobody. */
static void on_refresh(struct pal_timer *t)
{
    struct pal_local_front *f = PAL_CONTAINER(t, struct pal_local_front, refresh);
    struct pal_bus_client *auth = pal_service_front_peer(f->service, PAL_OWNER_AUTH);
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = PAL_CMD_SESSION_REVOKED,
                                .caller = {.role = PAL_ROLE_SERVICE},
                                .deadline_ms = (uint64_t)(pal_now_ms() + REFRESH_WAIT_MS),
                                .body = PAL_STR("{}")};
    if (!auth) {
        pal_timer_arm(f->loop, t, STARTING_MS);
        return;
    }
    pal_bus_request(auth, 0, &request, on_revoked, f);
    pal_bus_flush(auth);
}

void pal_local_front_peer_event(struct pal_local_front *f, const struct pal_frame *event)
{
    if (event->id == PAL_EV_SESSION_REVOKED)
        (void)pal_revocations_event(&f->revoked, event->body, pal_now_ms());
}

enum pal_code pal_local_front_init(struct pal_local_front *f, struct pal_service *service,
                                   struct pal_loop *loop, enum pal_owner owner,
                                   const struct pal_front_settings *settings,
                                   const struct pal_http_special *specials, size_t n_specials,
                                   struct pal_error *err)
{
    *f = (struct pal_local_front){.service = service, .loop = loop};
    pal_revocations_init(&f->revoked);
    if (settings->redis_url[0] &&
        pal_redis_new(loop, settings->redis_url, &f->redis, err) != PAL_OK)
        goto fail;
    f->limiter = pal_limiter_new(loop, f->redis, (int)settings->rate_scale);
    if (!f->limiter) {
        (void)pal_error_set(err, &pal_err_service_internal, "no memory for rate limits");
        goto fail;
    }
    struct pal_front_config config = {.loop = loop,
                                      .listen = settings->listen,
                                      .trusted_proxies = settings->trusted_proxies,
                                      .keys = pal_service_keys(service),
                                      .limiter = f->limiter,
                                      .owners = 1U << owner,
                                      .call = on_call,
                                      .admit = on_admit,
                                      .refresh_keys = on_refresh_keys,
                                      .specials = specials,
                                      .n_specials = n_specials,
                                      .allowed_origins = settings->allowed_origins,
                                      .secure_cookies = settings->secure_cookies,
                                      .ctx = f,
                                      .max_connections = MAX_CONNECTIONS};
    if (pal_front_start(&config, &f->front, err) != PAL_OK)
        goto fail;
    f->refresh.fn = on_refresh;
    pal_timer_arm(loop, &f->refresh, 0);
    return PAL_OK;
fail:
    pal_local_front_fini(f);
    return PAL_UNAVAILABLE;
}

void pal_local_front_fini(struct pal_local_front *f)
{
    pal_timer_stop(f->loop, &f->refresh);
    pal_front_free(f->front);
    pal_limiter_free(f->limiter);
    pal_redis_free(f->redis);
    pal_revocations_fini(&f->revoked);
}
