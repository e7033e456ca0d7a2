/* What a service says to its client: HELLO, replies, events, heartbeats, farewell. On the replica's
 * thread. */
#include "bus/client.h"

#include "base/limits.h"
#include "bus/hello.h"

#include <string.h>

/* What of a message is for the owner's inbox. */
struct content {
    int64_t frames;
    uint64_t events;
    bool for_owner;
};

static bool meet(struct bus_replica *r, const struct pal_frame *f)
{
    struct pal_bus_client *c = r->client;
    struct bus_hello hello;
    if (!bus_hello_decode(f, &hello) || strcmp(hello.service, c->service) != 0)
        return false;
    r->met = true;
    r->stream = hello.stream;
    r->link.splitter.max = PAL_BUS_BATCH_MAX;
    pthread_mutex_lock(&c->lock);
    r->connection++;
    r->progress++;
    r->told = hello.stream;
    r->armed = false;
    pal_metric_add(c->stats.connections, 1);
    pal_metric_add(c->peers, 1);
    if (r->connection > 1)
        pal_metric_add(c->stats.reconnects, 1);
    bus_inbox_note(&c->inbox, PAL_BUS_UP, r->number);
    bus_replica_state(r, BUS_UP);
    bus_parked_send(c, r);
    pthread_mutex_unlock(&c->lock);
    return true;
}

/* The peer drains: no new requests to it; the connection ends with its last answer. */
static bool farewell(struct bus_replica *r, const struct pal_frame *f)
{
    if ((f->flags & PAL_FRAME_NOAUTH) == 0)
        return false;
    pthread_mutex_lock(&r->client->lock);
    r->leaving = true;
    bus_replica_count(r->client);
    bool over = r->n_pending == 0;
    pthread_mutex_unlock(&r->client->lock);
    return !over || (bus_link_close(&r->link), true);
}

/* Somebody waits for this, or will ask for what comes after it. */
static void wake(struct bus_replica *r, uint64_t stream)
{
    struct pal_bus_client *c = r->client;
    pthread_mutex_lock(&c->lock);
    r->told = stream;
    r->armed = false;
    pthread_mutex_unlock(&c->lock);
    bus_inbox_count(&c->inbox, 1);
}

/* An event or heartbeat shows where the stream stands. False: it runs backwards. */
static bool follow(struct bus_replica *r, const struct pal_frame *f)
{
    bool event = f->kind == PAL_KIND_EVENT;
    uint64_t expected = r->stream + event;
    if (f->request_id < expected)
        return false;
    if (f->request_id > r->stream && r->client->config.wake_only)
        wake(r, f->request_id);
    else if (f->request_id > expected && r->client->config.subscribe)
        bus_inbox_note(&r->client->inbox, PAL_BUS_GAP, r->number);
    r->stream = f->request_id;
    return true;
}

static bool reply(struct bus_replica *r, const struct pal_frame *f, struct pal_blob *blob,
                  struct content *has)
{
    struct pal_bus_client *c = r->client;
    pthread_mutex_lock(&c->lock);
    if (bus_pending_reply(c, f, blob))
        has->for_owner = true;
    pthread_mutex_unlock(&c->lock);
    return true;
}

static bool take_frame(struct bus_replica *r, const struct pal_frame *f, struct pal_blob *blob,
                       struct content *has)
{
    has->frames++;
    if (!r->met)
        return meet(r, f);
    switch (f->kind) {
    case PAL_KIND_REPLY:
        return reply(r, f, blob, has);
    case PAL_KIND_EVENT:
        has->events++;
        has->for_owner = true;
        return follow(r, f);
    case PAL_KIND_HEARTBEAT:
        return follow(r, f);
    case PAL_KIND_HELLO:
        return farewell(r, f);
    default:
        return false;
    }
}

bool bus_replica_message(void *replica, struct pal_blob *message)
{
    struct bus_replica *r = replica;
    struct pal_bus_client *c = r->client;
    struct pal_str rest = {message->data, message->n};
    struct content has = {0};
    struct pal_frame f;
    enum pal_frame_result result = PAL_FRAME_MORE;
    bool ok = true;
    while (ok && (result = bus_next_frame(&rest, &f)) == PAL_FRAME_OK)
        ok = take_frame(r, &f, message, &has);
    ok = ok && result != PAL_FRAME_BAD;
    pal_metric_add(c->stats.frames_in, has.frames);
    if (!ok)
        pal_metric_add(c->stats.refused, 1);
    if (has.events > 0)
        bus_inbox_count(&c->inbox, has.events);
    if (ok && has.for_owner)
        bus_inbox_message(&c->inbox, message, r->number, &r->link.heard_ms);
    else
        pal_blob_unref(message);
    return ok;
}
