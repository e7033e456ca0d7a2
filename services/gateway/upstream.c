/* Bus clients of the gateway. Their threads only write the eventfd; all else happens on the loop.
 */
#include "upstream.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "drain.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "router.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { DEFAULT_TIMEOUT_MS = 5000, RETRY_AFTER_MS = 2000 };

struct stream_ctx {
    struct gateway *gw;
    enum pal_owner owner;
};

/* On threads of lib/bus. */
static void on_wake(void *ctx)
{
    struct gateway *gw = ctx;
    uint64_t one = 1;
    ssize_t n;
    do
        n = write(gw->upstream.wake.fd, &one, sizeof one);
    while (n < 0 && errno == EINTR);
}

static void drain_posted(void *arg)
{
    struct gateway *gw = arg;
    pal_log(PAL_ERROR, "bus client is wedged, draining");
    gw->wedged = true;
    drain_begin(gw);
}

/* On a thread of lib/bus. */
static void on_wedged(void *ctx)
{
    struct gateway *gw = ctx;
    (void)pal_loop_post(gw->loop, drain_posted, gw);
}

static void on_event(void *ctx, const struct pal_frame *event, struct pal_blob *blob)
{
    struct stream_ctx *stream = ctx;
    (void)blob;
    router_event(stream->gw, event);
}

static void on_note(void *ctx, enum pal_bus_note note, unsigned replica)
{
    struct stream_ctx *stream = ctx;
    router_note(stream->gw, stream->owner, note, replica);
}

static void on_readable(struct pal_watch *w, uint32_t ready)
{
    struct upstream *up = PAL_CONTAINER(w, struct upstream, wake);
    struct gateway *gw = PAL_CONTAINER(up, struct gateway, upstream);
    uint64_t count;
    (void)ready;
    if (read(w->fd, &count, sizeof count) < 0 && errno != EAGAIN)
        return;
    for (int owner = 0; owner < PAL_OWNERS; owner++) {
        struct stream_ctx ctx = {gw, (enum pal_owner)owner};
        struct pal_bus_handlers handlers = {.event = on_event, .note = on_note, .ctx = &ctx};
        if (up->client[owner])
            pal_bus_dispatch(up->client[owner], &handlers);
    }
}

static enum pal_code client_start(struct gateway *gw, enum pal_owner owner, struct pal_error *err)
{
    const struct gateway_config *config = gw->config;
    const char *addresses = config->bus[owner];
    if (!addresses || !*addresses)
        return PAL_OK;
    struct pal_bus_client_config client = {
        .addresses = addresses,
        .security = {.ca_file = *config->tls_ca ? config->tls_ca : NULL,
                     .cert_key_file = *config->tls_cert_key ? config->tls_cert_key : NULL,
                     .allow_plain = config->allow_plain},
        .name = "gateway",
        .service = pal_owner_name(owner),
        .subscribe = true,
        .wake = on_wake,
        .wedged = on_wedged,
        .ctx = gw,
    };
    return pal_bus_client_start(&client, &gw->upstream.client[owner], err);
}

enum pal_code upstream_start(struct gateway *gw, struct pal_error *err)
{
    struct upstream *up = &gw->upstream;
    timed_init(&up->traces);
    up->wake = (struct pal_watch){
        .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), .events = EPOLLIN, .fn = on_readable};
    if (up->wake.fd < 0 || pal_loop_watch(gw->loop, &up->wake) != PAL_OK)
        return pal_error_set(err, &pal_err_service_internal, "no descriptor for the bus");
    for (int owner = 0; owner < PAL_OWNERS; owner++) {
        enum pal_code code = client_start(gw, (enum pal_owner)owner, err);
        if (code != PAL_OK)
            return code;
    }
    return PAL_OK;
}

void upstream_stop(struct gateway *gw)
{
    struct upstream *up = &gw->upstream;
    for (int owner = 0; owner < PAL_OWNERS; owner++) {
        pal_bus_client_free(up->client[owner]);
        up->client[owner] = NULL;
    }
    if (up->wake.fd < 0 || !up->wake.fn)
        return;
    pal_loop_unwatch(gw->loop, &up->wake);
    (void)close(up->wake.fd);
    up->wake.fd = -1;
}

bool upstream_ready(const struct gateway *gw, enum pal_owner owner)
{
    const struct pal_bus_client *client = gw->upstream.client[owner];
    return client && pal_bus_client_ready(client);
}

void upstream_flush(struct gateway *gw)
{
    for (int owner = 0; owner < PAL_OWNERS; owner++)
        if (gw->upstream.client[owner])
            pal_bus_flush(gw->upstream.client[owner]);
}

void upstream_forward(struct gateway *gw, const struct pal_command *cmd, uint64_t key,
                      struct pal_frame *f, pal_bus_reply_fn *fn, void *arg)
{
    struct pal_bus_client *client = gw->upstream.client[cmd->owner];
    f->kind = PAL_KIND_REQUEST;
    f->id = cmd->id;
    if (f->deadline_ms == 0) {
        uint32_t timeout = cmd->timeout_ms ? cmd->timeout_ms : DEFAULT_TIMEOUT_MS;
        f->deadline_ms = (uint64_t)pal_now_ms() + timeout;
    }
    if (client)
        pal_bus_request(client, key, f, fn, arg);
    else
        fn(arg, PAL_UNAVAILABLE, NULL);
}

struct pal_caller upstream_caller(const struct pal_command *cmd, const struct pal_caller *caller)
{
    struct pal_caller as = caller ? *caller : (struct pal_caller){.role = PAL_ROLE_NONE};
    if (cmd->min_role == PAL_ROLE_SERVICE)
        as.role = PAL_ROLE_SERVICE;
    return as;
}

static void send(struct gateway *gw, const uint8_t trace[16], const struct pal_command *cmd,
                 uint64_t key, const struct pal_caller *caller, struct pal_str body,
                 pal_bus_reply_fn *fn, void *arg)
{
    struct pal_frame f = {.body = body, .caller = upstream_caller(cmd, caller)};
    memcpy(f.trace, trace, sizeof f.trace);
    upstream_forward(gw, cmd, key, &f, fn, arg);
}

void upstream_request_of(struct gateway *gw, const uint8_t trace[16], const struct pal_command *cmd,
                         uint64_t key, const struct pal_caller *caller, json_t *body,
                         pal_bus_reply_fn *fn, void *arg)
{
    struct pal_buf text;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    bool dumped = body && pal_json_dump(body, &text);
    json_decref(body);
    if (dumped)
        send(gw, trace, cmd, key, caller, pal_buf_view(&text), fn, arg);
    else
        fn(arg, PAL_INTERNAL, NULL);
    pal_buf_fini(&text);
}

void upstream_request(struct gateway *gw, const struct pal_command *cmd, uint64_t key,
                      const struct pal_caller *caller, json_t *body, pal_bus_reply_fn *fn,
                      void *arg)
{
    uint8_t trace[16];
    pal_random(trace, sizeof trace);
    upstream_request_of(gw, trace, cmd, key, caller, body, fn, arg);
}

void upstream_message(struct gateway *gw, const struct pal_command *cmd, uint64_t key,
                      const struct pal_caller *caller, struct pal_str body, pal_bus_reply_fn *fn,
                      void *arg)
{
    uint8_t trace[16];
    timed_trace(&gw->upstream.traces, trace);
    send(gw, trace, cmd, key, caller, body, fn, arg);
}

void upstream_ignore(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    (void)arg;
    (void)code;
    (void)reply;
}

json_t *upstream_body(enum pal_code code, const struct pal_frame *reply)
{
    char why[80];
    if (code != PAL_OK || !reply || reply->status < 200 || reply->status >= 300)
        return NULL;
    return pal_json_parse(reply->body, why);
}

void upstream_error(enum pal_code code, struct pal_error *err)
{
    pal_error_clear(err);
    if (code == PAL_TIMEOUT)
        (void)pal_error_set(err, &pal_err_service_timeout, "the service did not answer in time");
    else if (code == PAL_UNAVAILABLE)
        (void)pal_error_set(err, &pal_err_service_unavailable, "the service cannot be reached");
    else
        (void)pal_error_set(err, &pal_err_service_internal, "the request could not be sent");
    err->retry_after_ms = code == PAL_INTERNAL ? 0 : RETRY_AFTER_MS;
}
