/* Requests that wait for their service to come back. A restart takes a moment; whoever asks in that
 * moment gets an answer late rather than none. After BUS_GRACE_MS without a replica a service is
 * called gone, and requests fail at once until it is back. */
#include "bus/client.h"

#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

enum { PARKED_MAX = 4096, PARKED_BYTES_MAX = 8 << 20 };

struct bus_parked {
    struct bus_parked *next;
    struct pal_frame frame; /* its body is in `body` */
    pal_bus_reply_fn *fn;
    void *arg;
    int64_t until_ms;
    char body[];
};

int64_t bus_grace_until(const struct pal_bus_client *c, int64_t deadline_ms)
{
    if (c->without_ms > INT64_MAX - BUS_GRACE_MS)
        return deadline_ms; /* there is one */
    int64_t until = c->without_ms + BUS_GRACE_MS;
    return until < deadline_ms ? until : deadline_ms;
}

bool bus_park(struct pal_bus_client *c, const struct pal_frame *f, pal_bus_reply_fn *fn, void *arg)
{
    int64_t until = bus_grace_until(c, bus_deadline(f));
    if (c->stopping || until <= pal_mono_ms() || c->n_parked >= PARKED_MAX ||
        c->parked_bytes + f->body.n > PARKED_BYTES_MAX)
        return false;
    struct bus_parked *p = malloc(sizeof *p + f->body.n);
    if (!p)
        return false;
    *p = (struct bus_parked){.frame = *f, .fn = fn, .arg = arg, .until_ms = until};
    if (f->body.n > 0)
        memcpy(p->body, f->body.p, f->body.n);
    p->frame.body.p = p->body;
    *(c->parked ? &c->parked_last->next : &c->parked) = p;
    c->parked_last = p;
    c->n_parked++;
    c->parked_bytes += f->body.n;
    if (until < c->next_expiry) {
        c->next_expiry = until;
        pthread_cond_broadcast(&c->cond);
    }
    return true;
}

/* Takes all of them; they are the caller's. */
static struct bus_parked *take_all(struct pal_bus_client *c)
{
    struct bus_parked *all = c->parked;
    c->parked = c->parked_last = NULL;
    c->n_parked = c->parked_bytes = 0;
    return all;
}

static void fail(struct pal_bus_client *c, struct bus_parked *p, enum pal_code code)
{
    bus_inbox_fail(&c->inbox, p->fn, p->arg, code);
    free(p);
}

static void send_batch(struct bus_replica *r, struct pal_buf *batch)
{
    struct pal_blob *blob = batch->n > 0 ? pal_blob_new(batch->p, batch->n) : NULL;
    if (blob)
        (void)bus_link_send(&r->link, blob, false);
    pal_blob_unref(blob);
    pal_buf_clear(batch);
}

void bus_parked_send(struct pal_bus_client *c, struct bus_replica *r)
{
    struct pal_buf batch;
    pal_buf_init(&batch, PAL_BUS_BATCH_MAX);
    for (struct bus_parked *p = take_all(c), *next; p; p = next) {
        next = p->next;
        struct bus_pending entry = {
            .fn = p->fn, .arg = p->arg, .replica = r, .deadline_ms = bus_deadline(&p->frame)};
        if (!bus_pending_add(c, &entry, &p->frame)) {
            fail(c, p, PAL_UNAVAILABLE);
            continue;
        }
        if (batch.n + PAL_FRAME_HEADER + p->frame.body.n > PAL_BUS_BATCH_MAX)
            send_batch(r, &batch);
        struct pal_frame wire = bus_to_wire(&p->frame);
        pal_frame_encode(&wire, &batch);
        free(p);
    }
    send_batch(r, &batch);
    pal_buf_fini(&batch);
}

void bus_parked_expire(struct pal_bus_client *c, int64_t now_ms)
{
    struct bus_parked **at = &c->parked, *last = NULL;
    while (*at) {
        struct bus_parked *p = *at;
        if (p->until_ms > now_ms) {
            c->next_expiry = p->until_ms < c->next_expiry ? p->until_ms : c->next_expiry;
            last = p;
            at = &p->next;
            continue;
        }
        *at = p->next;
        c->n_parked--;
        c->parked_bytes -= p->frame.body.n;
        fail(c, p, PAL_UNAVAILABLE);
    }
    c->parked_last = last;
}

void bus_parked_fail(struct pal_bus_client *c)
{
    for (struct bus_parked *p = take_all(c), *next; p; p = next) {
        next = p->next;
        fail(c, p, PAL_UNAVAILABLE);
    }
}
