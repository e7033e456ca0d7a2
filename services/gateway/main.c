/* The gateway's process: signals, settings, parts in order, the loop, and everything back in
 * reverse. */
#include "base/id.h"
#include "base/log.h"
#include "drain.h"
#include "flags.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "http/front.h"
#include "listener.h"
#include "open.h"
#include "presence.h"
#include "presence_redis.h"
#include "presence_tell.h"
#include "report.h"
#include "service/ops.h"
#include "session.h"
#include "ws_frame.h"

#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* docs/decisions/0005: under load turns begin this far apart. */
enum { PACE_US = 2000, PACE_OFTEN = 4 };

struct process {
    struct gateway gw;
    struct gateway_config config;
    struct pal_watch signals;
    struct pal_ops *ops;
    struct reports *reports;
};

/* ---- hooks ---- */

static void on_turn(void *arg)
{
    struct gateway *gw = arg;
    fanout_settle(&gw->fanout, pal_loop_now(gw->loop));
    presence_settle(gw->presence, pal_loop_now(gw->loop));
    open_turn(gw);
    catchup_turn(gw);
    ws_io_turn(&gw->io);
    upstream_flush(gw);
    metrics_turn(gw);
}

static void on_signal(struct pal_watch *w, uint32_t ready)
{
    struct process *p = PAL_CONTAINER(w, struct process, signals);
    struct signalfd_siginfo info;
    (void)ready;
    if (read(w->fd, &info, sizeof info) == (ssize_t)sizeof info)
        drain_begin(&p->gw);
}

/* On the operations thread. */
static bool is_ready(void *ctx, char why[120])
{
    const struct gateway *gw = ctx;
    const char *missing = atomic_load(&gw->draining)            ? "draining"
                          : !upstream_ready(gw, PAL_OWNER_AUTH) ? "auth is not connected"
                          : !upstream_ready(gw, PAL_OWNER_CHAT) ? "chat is not connected"
                          : !atomic_load(&gw->keys_loaded)      ? "no keys yet"
                                                                : "";
    (void)snprintf(why, 120, "%s", missing);
    return missing[0] == '\0';
}

static void presence_local(void *ctx, uint64_t org, uint64_t user, enum presence_status status)
{
    struct gateway *gw = ctx;
    if (gw->presence_store)
        presence_store_local(gw->presence_store, org, user, status);
}

static const struct presence_ops presence_hooks = {.changed = presence_tell,
                                                   .local = presence_local};

/* ---- parts ---- */

static bool failed(const char *what, const struct pal_error *err)
{
    pal_log_error(PAL_ERROR, what, err);
    return false;
}

static void name_self(struct gateway *gw)
{
    uint64_t random;
    if (*gw->config->name) {
        (void)snprintf(gw->name, sizeof gw->name, "%s", gw->config->name);
        return;
    }
    pal_random(&random, sizeof random);
    (void)snprintf(gw->name, sizeof gw->name, "gw-%016" PRIx64, random);
}

static bool store_start(struct gateway *gw)
{
    struct pal_error err = {0};
    if (!*gw->config->redis)
        return true;
    if (pal_redis_new(gw->loop, gw->config->redis, &gw->redis, &err) != PAL_OK)
        return failed("cannot use the store", &err);
    gw->presence_store = presence_store_new(gw->loop, gw->redis, gw->presence, gw->name);
    return gw->presence_store != NULL;
}

static bool parts_start(struct gateway *gw)
{
    gw->loop = pal_loop_new();
    gw->keys = pal_keyset_new();
    gw->presence = presence_new(gw->config->away_ms, gw->config->grace_ms, &presence_hooks, gw);
    if (!gw->loop || !gw->keys || !gw->presence)
        return false;
    metrics_init(&gw->metrics);
    people_init(&gw->people);
    admission_init(&gw->admission);
    revoked_init(&gw->revoked);
    fanout_init(&gw->fanout, &session_fanout_ops);
    ws_io_init(&gw->io, gw->loop, &session_conn_ops);
    catchup_init(gw);
    ticks_start(gw);
    if (!store_start(gw))
        return false;
    gw->limiter = pal_limiter_new(gw->loop, gw->redis, (int)gw->config->rate_scale);
    return gw->limiter != NULL;
}

static bool signals_start(struct process *p)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    p->signals = (struct pal_watch){
        .fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), .events = EPOLLIN, .fn = on_signal};
    return p->signals.fd >= 0 && pal_loop_watch(p->gw.loop, &p->signals) == PAL_OK;
}

static bool start(struct process *p)
{
    struct gateway *gw = &p->gw;
    struct pal_error err = {0};
    pal_bus_init();
    name_self(gw);
    if (!parts_start(gw) || !signals_start(p))
        return false;
    if (upstream_start(gw, &err) != PAL_OK)
        return failed("cannot use the bus", &err);
    if (listener_start(gw, &err) != PAL_OK)
        return failed("cannot listen", &err);
    if (*gw->config->ops && pal_ops_start(gw->config->ops, is_ready, gw, &p->ops, &err) != PAL_OK)
        return failed("cannot listen for operations", &err);
    p->reports = reports_start(gw);
    pal_loop_on_turn(gw->loop, on_turn, gw);
    pal_loop_pace(gw->loop, PACE_US, PACE_OFTEN);
    pal_log(PAL_INFO, "listening", PAL_LS("address", pal_front_address(gw->front)),
            PAL_LS("gateway", gw->name));
    return p->reports != NULL;
}

static void stop(struct process *p)
{
    struct gateway *gw = &p->gw;
    gw->stopped = true;
    atomic_store(&gw->draining, true);
    pal_ops_free(p->ops);
    reports_stop(p->reports);
    if (gw->front)
        drain_abort_all(gw);
    listener_stop(gw);
    if (gw->loop)
        upstream_stop(gw);
    presence_store_leave(gw->presence_store);
    pal_limiter_free(gw->limiter);
    pal_redis_free(gw->redis);
    presence_store_free(gw->presence_store);
    if (gw->loop) {
        drain_free(gw);
        catchup_stop(gw);
        ticks_stop(gw);
        if (p->signals.fd >= 0 && p->signals.fn)
            pal_loop_unwatch(gw->loop, &p->signals);
    }
    if (p->signals.fd >= 0)
        (void)close(p->signals.fd);
    ws_io_fini(&gw->io);
    fanout_fini(&gw->fanout);
    revoked_fini(&gw->revoked);
    people_fini(&gw->people);
    presence_free(gw->presence);
    pal_keyset_free(gw->keys);
    pal_loop_free(gw->loop);
}

/* Before the first thread, so that none of them gets a signal: they are read from a signalfd. */
static void block_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&set, faults[i]);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
    int exit_code = 1;
    enum pal_level level = PAL_INFO;
    block_signals();
    (void)mallopt(M_ARENA_MAX, 2);
    if (flags_handle(argc, argv, &exit_code))
        return exit_code;
    struct process *p = calloc(1, sizeof *p);
    if (!p)
        return 1;
    p->signals.fd = p->gw.upstream.wake.fd = -1;
    p->gw.config = &p->config;
    if (flags_load(&p->config) && pal_level_parse(pal_str_of(p->config.log_level), &level)) {
        pal_log_init("gateway", level);
        if (start(p)) {
            pal_loop_run(p->gw.loop);
            exit_code = p->gw.wedged ? 1 : 0;
        }
        stop(p);
    }
    pal_config_free(gateway_config_items, gateway_config_count, &p->config);
    free(p);
    return exit_code;
}
