/* The client's clock: deadlines of requests, patience with dials, greetings and silence,
 * heartbeats, watchdog. */
#include "bus/client.h"

#include "base/clock.h"
#include "bus/hello.h"

enum { TICK_MS = 250, TICK_IDLE_MS = 1000, PROBE_EVERY_MS = 2000, WATCHDOG_MS = 10000 };

static void beat(struct bus_replica *r, int64_t now)
{
    struct pal_frame f = {.kind = PAL_KIND_HEARTBEAT};
    if (now - r->beat_ms < BUS_HEARTBEAT_MS)
        return;
    r->beat_ms = now;
    struct pal_blob *blob = bus_frame_blob(&f);
    if (blob)
        (void)bus_link_send(&r->link, blob, true);
    pal_blob_unref(blob);
}

/* With the lock held. */
static void check(struct bus_replica *r, int64_t now)
{
    int64_t in_state = now - r->state_ms;
    if (r->state == BUS_DIALING && in_state > BUS_DIAL_MS && r->dialer)
        nng_stream_dialer_close(r->dialer);
    if (r->state == BUS_GREETING && in_state > BUS_HELLO_MS)
        bus_link_close(&r->link);
    if (r->state == BUS_UP) {
        r->probe_ms = now;
        bus_link_check(&r->link, now);
        beat(r, now);
    }
}

static struct bus_replica *find(struct pal_bus_client *c, unsigned number)
{
    for (size_t i = 0; i < c->n_replicas; i++)
        if (c->replicas[i]->number == number)
            return c->replicas[i];
    return NULL;
}

static void wedged(struct pal_bus_client *c)
{
    if (c->wedged)
        return;
    c->wedged = true;
    pal_metric_add(c->stats.wedged, 1);
    pthread_mutex_unlock(&c->lock);
    if (c->config.wedged)
        c->config.wedged(c->config.ctx);
    pthread_mutex_lock(&c->lock);
}

/* With the lock held, which is left for the probe; the replica may be gone afterwards. */
static void watch(struct pal_bus_client *c, struct bus_replica *r, int64_t now)
{
    struct bus_address address = r->address;
    unsigned number = r->number;
    int limit = c->config.watchdog_ms > 0 ? c->config.watchdog_ms : WATCHDOG_MS;
    r->probe_ms = now;
    pthread_mutex_unlock(&c->lock);
    bool reached = bus_probe(&address, c->service, c->name);
    pthread_mutex_lock(&c->lock);
    r = find(c, number);
    if (r && r->state != BUS_UP &&
        bus_watchdog_step(&r->watchdog, pal_mono_ms(), reached, r->progress, limit))
        wedged(c);
}

/* With the lock held. When to come again. */
static int64_t round_of(struct pal_bus_client *c)
{
    int64_t now = pal_mono_ms();
    bool calm = true; /* all are up, and none is of the kind that must be looked at often */
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[i];
        check(r, now);
        calm = calm && r->state == BUS_UP && r->address.transport != BUS_TLS;
        if (r->state != BUS_UP && now - r->probe_ms >= PROBE_EVERY_MS)
            watch(c, r, now);
    }
    return now + (calm ? TICK_IDLE_MS : TICK_MS);
}

void *bus_tick_loop(void *client)
{
    struct pal_bus_client *c = client;
    int64_t next = 0;
    pthread_mutex_lock(&c->lock);
    while (!c->stopping) {
        int64_t now = pal_mono_ms();
        bus_pending_expire(c, now);
        if (now >= next)
            next = round_of(c);
        else
            bus_cond_wait(&c->cond, &c->lock, next < c->next_expiry ? next : c->next_expiry);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}
