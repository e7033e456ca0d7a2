/* A replica's thread: dial, converse until the connection ends, wait, again. */
#include "bus/client.h"

#include "base/clock.h"
#include "base/id.h"
#include "bus/hello.h"

#include <stdio.h>

enum { BACK_OFF_MIN_MS = 20, BACK_OFF_MAX_MS = 1000, BACK_OFF_IPC_MS = 200 };

/* With the lock held. */
static bool wanted(const struct bus_replica *r)
{
    return !r->client->stopping && !r->retired;
}

static int new_dialer(const struct bus_replica *r, nng_stream_dialer **d)
{
    int rv = nng_stream_dialer_alloc(d, r->address.url);
    if (rv != 0 || r->address.transport == BUS_IPC)
        return rv;
    if (r->address.transport == BUS_TLS)
        rv = nng_stream_dialer_set_ptr(*d, NNG_OPT_TLS_CONFIG, r->target->tls);
    if (rv == 0)
        rv = nng_stream_dialer_set_bool(*d, NNG_OPT_TCP_NODELAY, true);
    if (rv == 0)
        rv = nng_stream_dialer_set_bool(*d, NNG_OPT_TCP_KEEPALIVE, true);
    if (rv != 0)
        nng_stream_dialer_free(*d);
    return rv;
}

/* The dial itself has no time-out (nng's cancellation races with the end of a TLS dial): the ticker
 * closes the dialer instead. NULL: not connected. */
static nng_stream *run_dial(struct bus_replica *r, nng_stream_dialer *d, nng_aio *aio)
{
    struct pal_bus_client *c = r->client;
    pthread_mutex_lock(&c->lock);
    bool go = wanted(r);
    if (go) {
        r->dialer = d;
        bus_replica_state(r, BUS_DIALING);
        nng_stream_dialer_dial(d, aio);
    }
    pthread_mutex_unlock(&c->lock);
    if (!go)
        return NULL;
    nng_aio_wait(aio);
    bool ok = nng_aio_result(aio) == 0;
    pthread_mutex_lock(&c->lock);
    r->dialer = NULL;
    if (ok && r->address.transport == BUS_TLS)
        r->progress++;
    bus_replica_state(r, BUS_DOWN);
    pthread_mutex_unlock(&c->lock);
    return ok ? nng_aio_get_output(aio, 0) : NULL;
}

static nng_stream *dial(struct bus_replica *r)
{
    nng_stream_dialer *d;
    nng_aio *aio;
    nng_stream *stream = NULL;
    if (new_dialer(r, &d) != 0)
        return NULL;
    if (nng_aio_alloc(&aio, NULL, NULL) == 0) {
        stream = run_dial(r, d, aio);
        nng_aio_free(aio);
    }
    nng_stream_dialer_free(d);
    return stream;
}

static void *write_loop(void *arg)
{
    bus_link_write(&((struct bus_replica *)arg)->link);
    return NULL;
}

static bool say_hello(struct bus_replica *r)
{
    struct pal_bus_client *c = r->client;
    struct bus_hello h = {.subscribe = c->config.subscribe, .wake = c->config.wake_only};
    (void)snprintf(h.service, sizeof h.service, "%s", c->service);
    (void)snprintf(h.name, sizeof h.name, "%s", c->name);
    struct pal_blob *blob = bus_hello_encode(&h);
    bool ok = blob && bus_link_send(&r->link, blob, false) == BUS_SENT;
    pal_blob_unref(blob);
    return ok;
}

/* With the lock held: the connection is over for everyone who asks. */
static bool hang_up(struct bus_replica *r)
{
    bool was_up = r->state == BUS_UP;
    bus_replica_state(r, BUS_DOWN);
    r->leaving = false;
    r->client->scout_wanted = true;
    bus_pending_fail(r->client, r);
    return was_up;
}

/* Takes the stream; returns when the connection has ended, true when it was UP. */
static bool converse(struct bus_replica *r, nng_stream *stream)
{
    struct pal_bus_client *c = r->client;
    if (r->address.transport == BUS_IPC && !bus_ipc_peer_ok(stream)) {
        pal_metric_add(c->stats.refused, 1);
        nng_stream_close(stream);
        nng_stream_free(stream);
        return false;
    }
    if (!bus_link_init(&r->link, stream, r->address.transport == BUS_TLS, &c->stats))
        return false;
    pthread_mutex_lock(&c->lock);
    bool go = wanted(r);
    r->met = false;
    if (go)
        bus_replica_state(r, BUS_GREETING);
    pthread_mutex_unlock(&c->lock);
    if (go && say_hello(r) && bus_thread_start(&r->writer, "bus-write", write_loop, r)) {
        bus_link_read(&r->link, bus_replica_message, r);
        pthread_join(r->writer, NULL);
    }
    pthread_mutex_lock(&c->lock);
    bool was_up = hang_up(r);
    pthread_mutex_unlock(&c->lock);
    bus_link_fini(&r->link);
    if (was_up) {
        pal_metric_add(c->stats.connections, -1);
        pal_metric_add(c->peers, -1);
        bus_inbox_note(&c->inbox, PAL_BUS_DOWN, r->number);
    }
    return was_up;
}

/* False: the thread is to end. */
static bool rest(struct bus_replica *r, int64_t ms)
{
    struct pal_bus_client *c = r->client;
    uint32_t jitter;
    pal_random(&jitter, sizeof jitter);
    int64_t until = pal_mono_ms() + ms / 2 + (int64_t)(jitter % (uint64_t)ms);
    pthread_mutex_lock(&c->lock);
    while (wanted(r) && pal_mono_ms() < until)
        bus_cond_wait(&c->cond, &c->lock, until);
    bool go = wanted(r);
    pthread_mutex_unlock(&c->lock);
    return go;
}

void *bus_replica_loop(void *replica)
{
    struct bus_replica *r = replica;
    /* A dial to a socket file costs nothing and troubles nobody. */
    int64_t most = r->address.transport == BUS_IPC ? BACK_OFF_IPC_MS : BACK_OFF_MAX_MS;
    int64_t wait = BACK_OFF_MIN_MS;
    do {
        nng_stream *stream = dial(r);
        bool was_up = stream && converse(r, stream);
        wait = was_up ? BACK_OFF_MIN_MS : wait * 2 < most ? wait * 2 : most;
    } while (rest(r, wait));
    pthread_mutex_lock(&r->client->lock);
    r->ended = true;
    pthread_cond_broadcast(&r->client->cond);
    pthread_mutex_unlock(&r->client->lock);
    return NULL;
}
