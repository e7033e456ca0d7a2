/* The hand-over from reader threads to the owner's thread, and its dispatch. Bounded by not reading
 * the peer. */
#include "bus/inbox.h"

#include "base/clock.h"
#include "base/limits.h"
#include "bus/client.h"
#include "bus/hello.h"

#include <stdlib.h>

enum { ROOM_CHECK_MS = 1000 };

void bus_inbox_init(struct bus_inbox *in, void (*wake)(void *ctx), void *ctx)
{
    *in = (struct bus_inbox){.wake = wake, .ctx = ctx};
    pthread_mutex_init(&in->lock, NULL);
    bus_cond_init(&in->event);
    bus_cond_init(&in->room);
}

void bus_inbox_fini(struct bus_inbox *in)
{
    free(in->items);
    pthread_cond_destroy(&in->room);
    pthread_cond_destroy(&in->event);
    pthread_mutex_destroy(&in->lock);
}

void bus_inbox_close(struct bus_inbox *in)
{
    pthread_mutex_lock(&in->lock);
    in->closed = true;
    pthread_cond_broadcast(&in->room);
    pthread_mutex_unlock(&in->lock);
}

void bus_inbox_count(struct bus_inbox *in, uint64_t n)
{
    pthread_mutex_lock(&in->lock);
    in->count += n;
    pthread_cond_broadcast(&in->event);
    pthread_mutex_unlock(&in->lock);
}

/* With the lock held. Memory for a note or a failure may not be had: then the process is past
 * helping. */
static void append(struct bus_inbox *in, const struct bus_item *item)
{
    if (in->n == in->cap) {
        size_t cap = in->cap ? in->cap * 2 : 32;
        struct bus_item *items = realloc(in->items, cap * sizeof *items);
        if (!items)
            abort();
        in->items = items;
        in->cap = cap;
    }
    in->items[in->n++] = *item;
}

/* Ends the critical section that a push began; wakes the owner when the inbox was empty. */
static void push_unlock(struct bus_inbox *in, const struct bus_item *item)
{
    append(in, item);
    bool first = in->n == 1;
    pthread_mutex_unlock(&in->lock);
    if (first)
        in->wake(in->ctx);
}

void bus_inbox_message(struct bus_inbox *in, struct pal_blob *blob, unsigned replica,
                       atomic_llong *heard_ms)
{
    struct bus_item item = {.kind = BUS_ITEM_MESSAGE, .blob = blob, .replica = replica};
    if (!in->wake) {
        pal_blob_unref(blob);
        return;
    }
    pthread_mutex_lock(&in->lock);
    while (!in->closed && in->bytes > PAL_BUS_QUEUE_MAX) {
        int64_t now = pal_mono_ms();
        atomic_store_explicit(heard_ms, now, memory_order_relaxed);
        bus_cond_wait(&in->room, &in->lock, now + ROOM_CHECK_MS);
    }
    in->bytes += blob->n;
    push_unlock(in, &item);
}

void bus_inbox_note(struct bus_inbox *in, enum pal_bus_note note, unsigned replica)
{
    struct bus_item item = {.kind = BUS_ITEM_NOTE, .note = note, .replica = replica};
    bus_inbox_count(in, 1);
    if (!in->wake)
        return;
    pthread_mutex_lock(&in->lock);
    push_unlock(in, &item);
}

void bus_inbox_fail(struct bus_inbox *in, pal_bus_reply_fn *fn, void *arg, enum pal_code code)
{
    struct bus_item item = {.kind = BUS_ITEM_FAIL, .fn = fn, .arg = arg, .code = code};
    if (!in->wake)
        return;
    pthread_mutex_lock(&in->lock);
    push_unlock(in, &item);
}

struct bus_item *bus_inbox_take(struct bus_inbox *in, size_t *n)
{
    pthread_mutex_lock(&in->lock);
    struct bus_item *items = in->items;
    *n = in->n;
    in->items = NULL;
    in->n = in->cap = 0;
    in->bytes = 0;
    pthread_cond_broadcast(&in->room);
    pthread_mutex_unlock(&in->lock);
    return items;
}

/* ---- owner's side
 * --------------------------------------------------------------------------------- */

static void answer(struct pal_bus_client *c, const struct pal_frame *reply)
{
    struct bus_pending p;
    pthread_mutex_lock(&c->lock);
    bool there = bus_pending_take(c, reply->request_id, &p);
    pthread_mutex_unlock(&c->lock);
    if (there)
        p.fn(p.arg, PAL_OK, reply);
}

void bus_dispatch_message(struct pal_bus_client *c, const struct pal_bus_handlers *h,
                          struct pal_blob *blob)
{
    struct pal_str rest = {blob->data, blob->n};
    struct pal_frame f;
    while (bus_next_frame(&rest, &f) == PAL_FRAME_OK) {
        if (f.kind == PAL_KIND_REPLY)
            answer(c, &f);
        else if (f.kind == PAL_KIND_EVENT && h->event)
            h->event(h->ctx, &f, blob);
    }
    pal_blob_unref(blob);
}

void pal_bus_dispatch(struct pal_bus_client *c, const struct pal_bus_handlers *h)
{
    size_t n;
    struct bus_item *items = bus_inbox_take(&c->inbox, &n);
    for (size_t i = 0; i < n; i++) {
        struct bus_item *it = &items[i];
        if (it->kind == BUS_ITEM_MESSAGE)
            bus_dispatch_message(c, h, it->blob);
        else if (it->kind == BUS_ITEM_FAIL)
            it->fn(it->arg, it->code, NULL);
        else if (h->note)
            h->note(h->ctx, it->note, it->replica);
    }
    free(items);
}

/* Asks those that do not know it yet to wake us. */
static void arm(struct pal_bus_client *c)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_replicas; i++) {
        struct bus_replica *r = c->replicas[i];
        struct pal_frame f = {
            .kind = PAL_KIND_HEARTBEAT, .flags = PAL_FRAME_SUBSCRIBE, .request_id = r->told};
        if (r->state != BUS_UP || r->armed)
            continue;
        struct pal_blob *blob = bus_frame_blob(&f);
        r->armed = blob && bus_link_send(&r->link, blob, false) == BUS_SENT;
        pal_blob_unref(blob);
    }
    pthread_mutex_unlock(&c->lock);
}

static bool nothing_new(struct bus_inbox *in, uint64_t seen)
{
    pthread_mutex_lock(&in->lock);
    bool none = in->count == seen;
    pthread_mutex_unlock(&in->lock);
    return none;
}

bool pal_bus_wait_event(struct pal_bus_client *c, uint64_t *seen, int timeout_ms)
{
    struct bus_inbox *in = &c->inbox;
    int64_t until = pal_mono_ms() + timeout_ms;
    if (c->config.wake_only && nothing_new(in, *seen))
        arm(c);
    pthread_mutex_lock(&in->lock);
    while (in->count == *seen && pal_mono_ms() < until)
        bus_cond_wait(&in->event, &in->lock, until);
    bool came = in->count != *seen;
    *seen = in->count;
    pthread_mutex_unlock(&in->lock);
    return came;
}

void pal_bus_pause(struct pal_bus_client *c, int ms)
{
    struct bus_inbox *in = &c->inbox;
    int64_t until = pal_mono_ms() + ms;
    pthread_mutex_lock(&in->lock);
    while (!in->interrupted && pal_mono_ms() < until)
        bus_cond_wait(&in->event, &in->lock, until);
    pthread_mutex_unlock(&in->lock);
}

void pal_bus_interrupt(struct pal_bus_client *c)
{
    struct bus_inbox *in = &c->inbox;
    pthread_mutex_lock(&in->lock);
    in->interrupted = true;
    in->count++; /* something that came: also for who is not waiting yet */
    pthread_cond_broadcast(&in->event);
    pthread_mutex_unlock(&in->lock);
}
