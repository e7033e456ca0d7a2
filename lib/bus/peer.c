/* One accepted connection: its reader thread, what it may say, and the references to it. */
#include "bus/server.h"

#include "base/clock.h"
#include "base/limits.h"
#include "bus/hello.h"
#include "bus/pending.h"

#include <stdlib.h>
#include <string.h>

struct pal_bus_peer *pal_bus_peer_ref(struct pal_bus_peer *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void pal_bus_peer_unref(struct pal_bus_peer *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    bus_link_fini(&p->link);
    free(p);
}

void pal_bus_peer_send(struct pal_bus_peer *p, struct pal_blob *frames)
{
    (void)bus_link_send(&p->link, frames, false);
}

static bool refuse(struct pal_bus_peer *p)
{
    pal_metric_add(p->server->stats.refused, 1);
    return false;
}

static void *write_loop(void *arg)
{
    bus_link_write(&((struct pal_bus_peer *)arg)->link);
    return NULL;
}

/* The first frame: who it is and whether it means us. */
static bool meet(struct pal_bus_peer *p, const struct pal_frame *f)
{
    struct bus_hello hello;
    struct pal_bus_server *s = p->server;
    if (!bus_hello_decode(f, &hello) || strcmp(hello.service, s->name) != 0)
        return refuse(p);
    if (!bus_thread_start(&p->writer, "bus-write", write_loop, p))
        return false;
    p->has_writer = true;
    p->link.splitter.max = PAL_BUS_BATCH_MAX;
    if (!bus_greet(s, p, &hello))
        return false;
    pthread_mutex_lock(&s->lock);
    p->greeted = true;
    pthread_mutex_unlock(&s->lock);
    pal_metric_add(s->stats.connections, 1);
    return true;
}

/* While draining: says so at once, so that the caller can go to another replica. */
static void turn_away(struct pal_bus_peer *p, const struct pal_frame *f)
{
    struct pal_frame reply = {
        .kind = PAL_KIND_REPLY, .id = f->id, .status = 503, .request_id = f->request_id};
    reply.body = PAL_STR(
        "{\"type\":\"about:blank\",\"title\":\"The service is not available at the moment\","
        "\"status\":503,\"code\":\"service.unavailable\"}");
    struct pal_blob *blob = bus_frame_blob(&reply);
    if (blob)
        pal_bus_peer_send(p, blob);
    pal_blob_unref(blob);
}

static bool take_frame(struct pal_bus_peer *p, struct pal_frame *f, struct pal_blob *blob)
{
    struct pal_bus_server *s = p->server;
    if (f->kind == PAL_KIND_HEARTBEAT) {
        if (f->flags & PAL_FRAME_SUBSCRIBE)
            bus_arm(s, p, f->request_id);
        return true;
    }
    if (f->kind != PAL_KIND_REQUEST)
        return refuse(p);
    pthread_mutex_lock(&s->lock);
    bool draining = s->draining;
    pthread_mutex_unlock(&s->lock);
    bus_from_wire(f);
    if (draining)
        turn_away(p, f);
    else
        s->config.on_request(s->config.ctx, p, f, blob);
    return true;
}

static bool take_message(void *ctx, struct pal_blob *message)
{
    struct pal_bus_peer *p = ctx;
    struct pal_str rest = {message->data, message->n};
    struct pal_frame f;
    enum pal_frame_result r = PAL_FRAME_MORE;
    bool ok = true;
    int64_t n = 0;
    while (ok && (r = bus_next_frame(&rest, &f)) == PAL_FRAME_OK) {
        n++;
        ok = p->has_writer ? take_frame(p, &f, message) : meet(p, &f);
    }
    if (ok && r == PAL_FRAME_BAD)
        ok = refuse(p);
    pal_metric_add(p->server->stats.frames_in, n);
    pal_blob_unref(message);
    return ok;
}

static void *read_loop(void *arg)
{
    struct pal_bus_peer *p = arg;
    struct pal_bus_server *s = p->server;
    bus_link_read(&p->link, take_message, p);
    if (p->has_writer)
        pthread_join(p->writer, NULL);
    bus_ungreet(s, p);
    bus_link_retire(&p->link);
    pthread_mutex_lock(&s->lock);
    if (p->greeted)
        pal_metric_add(s->stats.connections, -1);
    p->finished = true;
    pthread_cond_broadcast(&s->cond);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* With s->lock held: too many connections; the one that has been silent longest makes room. */
static void evict(struct pal_bus_server *s)
{
    PAL_LIST_EACH(it, &s->peers) {
        struct pal_bus_peer *p = PAL_CONTAINER(it, struct pal_bus_peer, entry);
        if (p->greeted || bus_link_dead(&p->link))
            continue;
        bus_link_close(&p->link);
        return;
    }
}

/* With s->lock held. */
static bool admit(struct pal_bus_server *s, struct pal_bus_peer *p)
{
    if (s->stopping || s->draining || s->n_peers >= BUS_PEERS_MAX)
        return false;
    if (!bus_thread_start(&p->reader, "bus-read", read_loop, p))
        return false;
    pal_list_append(&s->peers, &p->entry);
    s->n_peers++;
    if (s->n_peers > BUS_PEERS_MAX / 2)
        evict(s);
    return true;
}

void bus_peer_start(struct pal_bus_server *s, nng_stream *stream)
{
    if (s->address.transport == BUS_IPC && !bus_ipc_peer_ok(stream)) {
        pal_metric_add(s->stats.refused, 1);
        nng_stream_close(stream);
        nng_stream_free(stream);
        return;
    }
    struct pal_bus_peer *p = calloc(1, sizeof *p);
    if (!p || !bus_link_init(&p->link, stream, s->address.transport == BUS_TLS, &s->stats)) {
        if (!p)
            nng_stream_free(stream);
        free(p);
        return;
    }
    atomic_init(&p->refs, 1);
    p->server = s;
    p->since_ms = pal_mono_ms();
    pal_list_init(&p->entry);
    pthread_mutex_lock(&s->lock);
    bool ok = admit(s, p);
    pthread_mutex_unlock(&s->lock);
    if (!ok) {
        pal_metric_add(s->stats.refused, 1);
        pal_bus_peer_unref(p);
    }
}
