/* The client's public face: start, request, call, free. */
#include "bus/client.h"

#include "base/clock.h"
#include "base/limits.h"
#include "bus/hello.h"
#include "gen/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- life
 * ----------------------------------------------------------------------------------------- */

static enum pal_code add_targets(struct pal_bus_client *c,
                                 const struct pal_bus_client_config *config, struct pal_error *err)
{
    struct bus_address list[BUS_TARGETS_MAX];
    size_t n;
    enum pal_code code =
        bus_address_list(config->addresses, config->security.allow_plain, list, &n, err);
    for (size_t i = 0; code == PAL_OK && i < n; i++) {
        struct bus_target *t = &c->targets[c->n_targets];
        t->address = list[i];
        t->literal = bus_address_literal(&list[i]);
        if (list[i].transport == BUS_TLS)
            code = bus_tls_new(&config->security, list[i].host, &t->tls, err);
        if (code == PAL_OK)
            c->n_targets++;
    }
    return code;
}

static bool start_threads(struct pal_bus_client *c)
{
    bool names = false, ok = true;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_targets; i++) {
        names = names || !c->targets[i].literal;
        if (c->targets[i].literal)
            ok = ok && bus_replica_add(c, &c->targets[i], &c->targets[i].address);
    }
    pthread_mutex_unlock(&c->lock);
    c->has_ticker = ok && bus_thread_start(&c->ticker, "bus-tick", bus_tick_loop, c);
    if (c->has_ticker && names)
        c->has_scout = bus_thread_start(&c->scout, "bus-scout", bus_scout_loop, c);
    return c->has_ticker && c->has_scout == names;
}

static void count_peers(struct pal_bus_client *c)
{
    char label[48];
    (void)snprintf(label, sizeof label, "service=\"%s\"", c->service);
    c->peers = pal_gauge("palique_bus_peers", label, "Replicas of a service that are connected.");
}

enum pal_code pal_bus_client_start(const struct pal_bus_client_config *config,
                                   struct pal_bus_client **out, struct pal_error *err)
{
    struct pal_bus_client *c = calloc(1, sizeof *c);
    if (!c)
        return pal_error_set(err, &pal_err_service_unavailable, "out of memory");
    c->config = *config;
    (void)snprintf(c->service, sizeof c->service, "%s", config->service);
    (void)snprintf(c->name, sizeof c->name, "%s", config->name);
    c->next_expiry = INT64_MAX;
    c->without_ms = pal_mono_ms();
    bus_stats_get(&c->stats);
    count_peers(c);
    bus_inbox_init(&c->inbox, config->wake, config->ctx);
    pal_map_init(&c->pending);
    pthread_mutex_init(&c->lock, NULL);
    bus_cond_init(&c->cond);
    enum pal_code code = add_targets(c, config, err);
    *out = c; /* before the threads that call wake */
    if (code == PAL_OK && !start_threads(c))
        code = pal_error_set(err, &pal_err_service_unavailable, "no more threads");
    if (code != PAL_OK) {
        *out = NULL;
        pal_bus_client_free(c);
    }
    return code;
}

/* Everybody out: dials, connections, calls. With the lock held. */
static void stop(struct pal_bus_client *c)
{
    c->stopping = true;
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[i];
        if (r->dialer)
            nng_stream_dialer_close(r->dialer);
        if (r->state == BUS_GREETING || r->state == BUS_UP)
            bus_link_close(&r->link);
    }
    pthread_cond_broadcast(&c->cond);
}

static void join(struct pal_bus_client *c)
{
    bus_inbox_close(&c->inbox);
    if (c->has_ticker)
        pthread_join(c->ticker, NULL);
    if (c->has_scout)
        pthread_join(c->scout, NULL);
    for (size_t i = 0; i < c->n_replicas; i++) /* each looks at the others until it ends */
        pthread_join(c->replicas[i]->thread, NULL);
    for (size_t i = 0; i < c->n_replicas; i++)
        bus_replica_free(c->replicas[i]);
}

/* The threads are gone and have failed all that was pending: gives the owner's callbacks their
 * answers. */
static void drop_inbox(struct pal_bus_client *c)
{
    size_t n;
    struct bus_item *items = bus_inbox_take(&c->inbox, &n);
    const struct pal_bus_handlers none = {0};
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind == BUS_ITEM_MESSAGE)
            bus_dispatch_message(c, &none, items[i].blob);
        else if (items[i].kind == BUS_ITEM_FAIL)
            items[i].fn(items[i].arg, items[i].code, NULL);
    }
    free(items);
}

/* With the lock held: the threads that were inside nng have left it, within a moment. */
static bool all_ended(struct pal_bus_client *c)
{
    int64_t until = pal_mono_ms() + BUS_WEDGED_MS;
    for (size_t i = 0; i < c->n_replicas;) {
        if (c->replicas[i]->ended)
            i++;
        else if (pal_mono_ms() >= until)
            return false;
        else
            bus_cond_wait(&c->cond, &c->lock, until);
    }
    return true;
}

void pal_bus_client_free(struct pal_bus_client *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    stop(c);
    bus_pending_fail(c, NULL);
    bus_parked_fail(c);
    while (c->n_calls > 0)
        pthread_cond_wait(&c->cond, &c->lock);
    bool come_back = !c->wedged || all_ended(c);
    pthread_mutex_unlock(&c->lock);
    if (!come_back)
        return; /* a wedged nng keeps its callers: the process is on its way out, let it go */
    join(c);
    drop_inbox(c);
    bus_inbox_fini(&c->inbox);
    pal_map_fini(&c->pending);
    for (size_t i = 0; i < c->n_targets; i++)
        if (c->targets[i].tls)
            nng_tls_config_free(c->targets[i].tls);
    pthread_cond_destroy(&c->cond);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

bool pal_bus_client_ready(const struct pal_bus_client *client)
{
    struct pal_bus_client *c = (struct pal_bus_client *)(uintptr_t)client; /* for its lock */
    bool ready = false;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_replicas; i++)
        ready = ready || c->replicas[i]->state == BUS_UP;
    pthread_mutex_unlock(&c->lock);
    return ready;
}

/* ---- requests of the owner's thread
 * ------------------------------------------------------------------ */

/* With the lock held. */
static void flush(struct bus_replica *r)
{
    bool current = r->state == BUS_UP && r->turn_connection == r->connection;
    struct pal_blob *blob = current && r->turn.n > 0 ? pal_blob_new(r->turn.p, r->turn.n) : NULL;
    if (blob)
        (void)bus_link_send(&r->link, blob, false);
    pal_blob_unref(blob);
    pal_buf_clear(&r->turn);
    if (r->turn.cap > BUS_TURN_KEEP) {
        pal_buf_fini(&r->turn);
        pal_buf_init(&r->turn, PAL_BUS_BATCH_MAX);
    }
}

/* With the lock held. */
static void add_to_turn(struct bus_replica *r, const struct pal_frame *f)
{
    if (r->turn_connection != r->connection ||
        r->turn.n + PAL_FRAME_HEADER + f->body.n > PAL_BUS_BATCH_MAX)
        flush(r);
    r->turn_connection = r->connection;
    struct pal_frame wire = bus_to_wire(f);
    pal_frame_encode(&wire, &r->turn);
}

void pal_bus_request(struct pal_bus_client *c, uint64_t key, struct pal_frame *f,
                     pal_bus_reply_fn *fn, void *arg)
{
    if (f->body.n > PAL_FRAME_BODY_MAX) {
        bus_inbox_fail(&c->inbox, fn, arg, PAL_TOO_LARGE);
        return;
    }
    pthread_mutex_lock(&c->lock);
    struct bus_pending p = {.fn = fn, .arg = arg, .deadline_ms = bus_deadline(f)};
    p.replica = bus_replica_choose(c, key);
    bool ok = p.replica ? bus_pending_add(c, &p, f) : bus_park(c, f, fn, arg);
    if (ok && p.replica)
        add_to_turn(p.replica, f);
    pthread_mutex_unlock(&c->lock);
    if (!ok)
        bus_inbox_fail(&c->inbox, fn, arg, PAL_UNAVAILABLE);
}

void pal_bus_flush(struct pal_bus_client *c)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_replicas; i++)
        if (c->replicas[i]->turn.n > 0)
            flush(c->replicas[i]);
    pthread_mutex_unlock(&c->lock);
}

/* ---- calls of workers
 * -------------------------------------------------------------------------------- */

/* With the lock held, which is left while it waits for a service that was there a moment ago. */
static struct bus_replica *find_replica(struct pal_bus_client *c, uint64_t key, int64_t deadline_ms)
{
    for (;;) {
        struct bus_replica *r = c->stopping ? NULL : bus_replica_choose(c, key);
        int64_t until = bus_grace_until(c, deadline_ms);
        if (r || c->stopping || pal_mono_ms() >= until)
            return r;
        bus_cond_wait(&c->cond, &c->lock, until);
    }
}

/* With the lock held: sends and waits. */
static enum pal_code run_call(struct pal_bus_client *c, uint64_t key, struct pal_frame *f,
                              struct bus_call *call)
{
    struct bus_pending p = {.call = call, .deadline_ms = bus_deadline(f)};
    p.replica = find_replica(c, key, p.deadline_ms);
    if (!p.replica || !bus_pending_add(c, &p, f))
        return PAL_UNAVAILABLE;
    struct pal_frame wire = bus_to_wire(f);
    struct pal_blob *blob = bus_frame_blob(&wire);
    if (!blob || bus_link_send(&p.replica->link, blob, false) != BUS_SENT)
        call->done =
            bus_pending_take(c, f->request_id, &p); /* a lost link fails it by itself, too */
    call->code = PAL_UNAVAILABLE;
    pal_blob_unref(blob);
    while (!call->done && pal_mono_ms() < p.deadline_ms)
        bus_cond_wait(&call->cond, &c->lock, p.deadline_ms);
    if (call->done)
        return call->code;
    return bus_pending_take(c, f->request_id, &p) ? PAL_TIMEOUT : call->code;
}

static enum pal_code copy_reply(struct bus_call *call, struct pal_arena *arena,
                                struct pal_frame *reply, struct pal_error *err)
{
    char *body = pal_arena_alloc(arena, call->reply.body.n + 1);
    if (!body)
        return pal_error_set(err, &pal_err_service_internal, "the reply is larger than the arena");
    *reply = call->reply;
    if (reply->body.n > 0)
        memcpy(body, reply->body.p, reply->body.n);
    reply->body.p = body;
    return PAL_OK;
}

static enum pal_code failed(const struct pal_bus_client *c, enum pal_code code,
                            struct pal_error *err)
{
    if (code == PAL_TIMEOUT)
        return pal_error_set(err, &pal_err_service_timeout, "%s did not answer in time",
                             c->service);
    return pal_error_set(err, &pal_err_service_unavailable, "%s cannot be reached", c->service);
}

enum pal_code pal_bus_call(struct pal_bus_client *c, uint64_t key, struct pal_frame *request,
                           struct pal_arena *arena, struct pal_frame *reply, struct pal_error *err)
{
    struct bus_call call = {0};
    if (request->body.n > PAL_FRAME_BODY_MAX)
        return pal_error_set(err, &pal_err_request_too_large, "the request to %s is too large",
                             c->service);
    bus_cond_init(&call.cond);
    pthread_mutex_lock(&c->lock);
    c->n_calls++;
    enum pal_code code = run_call(c, key, request, &call);
    if (--c->n_calls == 0 && c->stopping)
        pthread_cond_broadcast(&c->cond);
    pthread_mutex_unlock(&c->lock);
    pthread_cond_destroy(&call.cond);
    code = code == PAL_OK ? copy_reply(&call, arena, reply, err) : failed(c, code, err);
    pal_blob_unref(call.blob);
    return code;
}
