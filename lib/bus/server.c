/* The server's life: listen, accept thread, ticker thread (heartbeats, patience, joining ended
 * readers), drain. */
#include "bus/server.h"

#include "base/clock.h"
#include "base/limits.h"
#include "gen/catalogue.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- listening
 * ------------------------------------------------------------------------------------ */

static int listen_on(struct pal_bus_server *s)
{
    int rv = nng_stream_listener_alloc(&s->listener, s->address.url);
    if (rv == 0 && s->address.transport == BUS_IPC)
        rv = nng_stream_listener_set_int(s->listener, NNG_OPT_IPC_PERMISSIONS, 0600);
    if (rv == 0 && s->address.transport == BUS_TLS)
        rv = nng_stream_listener_set_ptr(s->listener, NNG_OPT_TLS_CONFIG, s->tls);
    if (rv == 0 && s->address.transport != BUS_IPC)
        rv = nng_stream_listener_set_bool(s->listener, NNG_OPT_TCP_NODELAY, true);
    if (rv == 0 && s->address.transport != BUS_IPC)
        rv = nng_stream_listener_set_bool(s->listener, NNG_OPT_TCP_KEEPALIVE, true);
    if (rv == 0)
        rv = nng_aio_alloc(&s->accept, NULL, NULL);
    return rv ? rv : nng_stream_listener_listen(s->listener);
}

int bus_server_port(struct pal_bus_server *s)
{
    int port = 0;
    return nng_stream_listener_get_int(s->listener, NNG_OPT_TCP_BOUND_PORT, &port) == 0 ? port : 0;
}

/* Waits a moment after an error that will not pass at once (no descriptors); false when stopping.
 */
static bool pause_accept(struct pal_bus_server *s)
{
    int64_t until = pal_mono_ms() + 100;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping && !s->draining && pal_mono_ms() < until)
        bus_cond_wait(&s->cond, &s->lock, until);
    bool go_on = !s->stopping && !s->draining;
    pthread_mutex_unlock(&s->lock);
    return go_on;
}

static void *accept_loop(void *arg)
{
    struct pal_bus_server *s = arg;
    for (;;) {
        nng_stream_listener_accept(s->listener, s->accept);
        nng_aio_wait(s->accept);
        int rv = nng_aio_result(s->accept);
        if (rv == 0)
            bus_peer_start(s, nng_aio_get_output(s->accept, 0));
        else if (rv == NNG_ECLOSED || !pause_accept(s))
            return NULL;
    }
}

/* ---- ticker
 * --------------------------------------------------------------------------------------- */

/* With s->lock held; leaves it for the join. True: one was found. */
static bool join_finished(struct pal_bus_server *s)
{
    PAL_LIST_EACH(it, &s->peers) {
        struct pal_bus_peer *p = PAL_CONTAINER(it, struct pal_bus_peer, entry);
        if (!p->finished)
            continue;
        pal_list_remove(&p->entry);
        pthread_mutex_unlock(&s->lock);
        pthread_join(p->reader, NULL);
        pal_bus_peer_unref(p);
        pthread_mutex_lock(&s->lock);
        s->n_peers--;
        pthread_cond_broadcast(&s->cond); /* drain */
        return true;
    }
    return false;
}

/* With s->lock held. */
static void check_peers(struct pal_bus_server *s, int64_t now)
{
    PAL_LIST_EACH(it, &s->peers) {
        struct pal_bus_peer *p = PAL_CONTAINER(it, struct pal_bus_peer, entry);
        if (!p->greeted && now - p->since_ms > BUS_HELLO_MS)
            bus_link_close(&p->link);
        else
            bus_link_check(&p->link, now);
    }
}

static void *tick_loop(void *arg)
{
    struct pal_bus_server *s = arg;
    int64_t period = s->config.heartbeat_ms;
    int64_t next = pal_mono_ms() + period;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping || s->n_peers > 0) {
        if (join_finished(s))
            continue;
        int64_t now = pal_mono_ms();
        if (now < next) {
            bus_cond_wait(&s->cond, &s->lock, next);
            continue;
        }
        next = now + period;
        check_peers(s, now);
        pthread_mutex_unlock(&s->lock);
        bus_heartbeat(s);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- life
 * ------------------------------------------------------------------------------------------ */

static enum pal_code prepare(const struct pal_bus_server_config *c, struct pal_bus_server *s,
                             struct pal_error *err)
{
    enum pal_code code =
        bus_address_parse(pal_str_of(c->address), c->security.allow_plain, &s->address, err);
    if (code == PAL_OK && s->address.transport == BUS_IPC)
        code = bus_ipc_check(s->address.path, err);
    if (code == PAL_OK && s->address.transport == BUS_TLS)
        code = bus_tls_new(&c->security, NULL, &s->tls, err);
    if (code != PAL_OK)
        return code;
    int rv = listen_on(s);
    if (rv != 0)
        return pal_error_set(err, &pal_err_service_unavailable, "cannot listen on %s: %s",
                             c->address, nng_strerror(rv));
    s->has_ticker = bus_thread_start(&s->ticker, "bus-tick", tick_loop, s);
    s->has_acceptor = s->has_ticker && bus_thread_start(&s->acceptor, "bus-accept", accept_loop, s);
    return s->has_acceptor ? PAL_OK
                           : pal_error_set(err, &pal_err_service_unavailable, "no more threads");
}

enum pal_code pal_bus_server_start(const struct pal_bus_server_config *config,
                                   struct pal_bus_server **out, struct pal_error *err)
{
    struct pal_bus_server *s = calloc(1, sizeof *s);
    if (!s)
        return pal_error_set(err, &pal_err_service_unavailable, "out of memory");
    s->config = *config;
    (void)snprintf(s->name, sizeof s->name, "%s", config->name);
    s->config.name = s->name;
    s->config.address = s->address.url;
    if (s->config.heartbeat_ms <= 0)
        s->config.heartbeat_ms = BUS_HEARTBEAT_MS;
    bus_stats_get(&s->stats);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->publish, NULL);
    bus_cond_init(&s->cond);
    pal_list_init(&s->peers);
    *out = s; /* before the threads that call on_request */
    enum pal_code code = prepare(config, s, err);
    if (code != PAL_OK) {
        *out = NULL;
        pal_bus_server_free(s);
    }
    return code;
}

/* With s->lock held. */
static void close_peers(struct pal_bus_server *s, bool silent_only)
{
    PAL_LIST_EACH(it, &s->peers) {
        struct pal_bus_peer *p = PAL_CONTAINER(it, struct pal_bus_peer, entry);
        if (!silent_only || !p->greeted)
            bus_link_close(&p->link);
    }
}

void pal_bus_server_drain(struct pal_bus_server *s, int timeout_ms)
{
    int64_t until = pal_mono_ms() + timeout_ms;
    pthread_mutex_lock(&s->lock);
    s->draining = true;
    close_peers(s, true);
    pthread_mutex_unlock(&s->lock);
    nng_stream_listener_close(s->listener);
    bus_farewell(s);
    pthread_mutex_lock(&s->lock);
    while (s->n_peers > 0 && pal_mono_ms() < until)
        bus_cond_wait(&s->cond, &s->lock, until);
    pthread_mutex_unlock(&s->lock);
}

static void stop(struct pal_bus_server *s)
{
    if (s->listener)
        nng_stream_listener_close(s->listener);
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
    if (s->has_acceptor)
        pthread_join(s->acceptor, NULL);
    pthread_mutex_lock(&s->lock);
    close_peers(s, false);
    pthread_mutex_unlock(&s->lock);
    if (s->has_ticker)
        pthread_join(s->ticker, NULL); /* it joins the readers */
}

void pal_bus_server_free(struct pal_bus_server *s)
{
    if (!s)
        return;
    stop(s);
    if (s->listener)
        nng_stream_listener_free(s->listener);
    nng_aio_free(s->accept);
    if (s->tls)
        nng_tls_config_free(s->tls);
    pthread_cond_destroy(&s->cond);
    pthread_mutex_destroy(&s->publish);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
