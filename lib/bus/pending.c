/* Requests that wait for an answer. Whoever takes an entry out of the map answers it, so each is
 * answered once. */
#include "bus/client.h"

#include "base/clock.h"

#include <stdlib.h>

int64_t bus_deadline(const struct pal_frame *f)
{
    int64_t now = pal_mono_ms();
    if (f->deadline_ms == 0 || f->deadline_ms > INT64_MAX)
        return now + BUS_REQUEST_MS;
    int64_t left = (int64_t)f->deadline_ms - pal_now_ms();
    return now + (left < 0 ? 0 : left < BUS_REQUEST_MS ? left : BUS_REQUEST_MS);
}

/* Clocks of machines differ: what travels is how long is left. */
struct pal_frame bus_to_wire(const struct pal_frame *f)
{
    struct pal_frame wire = *f;
    if (f->deadline_ms != 0)
        wire.deadline_ms = (uint64_t)(bus_deadline(f) - pal_mono_ms() + 1);
    return wire;
}

void bus_from_wire(struct pal_frame *f)
{
    if (f->deadline_ms != 0)
        f->deadline_ms = (uint64_t)pal_now_ms() +
                         (f->deadline_ms < BUS_REQUEST_MS ? f->deadline_ms : BUS_REQUEST_MS);
}

bool bus_pending_add(struct pal_bus_client *c, const struct bus_pending *p, struct pal_frame *f)
{
    struct bus_pending *entry = c->pending.n < BUS_PENDING_MAX ? malloc(sizeof *entry) : NULL;
    if (!entry)
        return false;
    *entry = *p;
    f->kind = PAL_KIND_REQUEST;
    f->request_id = ++c->next_id;
    if (!pal_map_put(&c->pending, f->request_id, entry)) {
        free(entry);
        return false;
    }
    p->replica->n_pending++;
    if (!p->call && p->deadline_ms < c->next_expiry) {
        c->next_expiry = p->deadline_ms;
        pthread_cond_broadcast(&c->cond);
    }
    return true;
}

/* With the lock held: the last answer of a replica that is leaving ends the connection. */
static void release(struct bus_replica *r)
{
    if (--r->n_pending == 0 && r->leaving && r->state == BUS_UP)
        bus_link_close(&r->link);
}

bool bus_pending_take(struct pal_bus_client *c, uint64_t id, struct bus_pending *out)
{
    struct bus_pending *entry = pal_map_get(&c->pending, id);
    if (!entry)
        return false;
    (void)pal_map_del(&c->pending, id);
    if (!entry->answered)
        release(entry->replica);
    *out = *entry;
    free(entry);
    return true;
}

static void call_done(struct bus_call *call, enum pal_code code)
{
    call->code = code;
    call->done = true;
    pthread_cond_signal(&call->cond);
}

bool bus_pending_reply(struct pal_bus_client *c, const struct pal_frame *reply,
                       struct pal_blob *blob)
{
    struct bus_pending *entry = pal_map_get(&c->pending, reply->request_id);
    struct bus_pending p;
    if (!entry || entry->answered) {
        pal_metric_add(c->stats.late, 1);
        return false;
    }
    if (!entry->call) {
        entry->answered = true;
        release(entry->replica);
        return true;
    }
    if (!bus_pending_take(c, reply->request_id, &p))
        return false;
    p.call->reply = *reply;
    p.call->blob = pal_blob_ref(blob);
    call_done(p.call, PAL_OK);
    return false;
}

/* With the lock held: the entry, which is out of the map, is answered with a failure. */
static void fail(struct pal_bus_client *c, struct bus_pending *p, enum pal_code code)
{
    if (p->call)
        call_done(p->call, code);
    else
        bus_inbox_fail(&c->inbox, p->fn, p->arg, code);
}

void bus_pending_fail(struct pal_bus_client *c, const struct bus_replica *r)
{
    uint64_t id;
    void *value;
    struct bus_pending p;
    for (size_t it = 0; pal_map_next(&c->pending, &it, &id, &value);) {
        const struct bus_pending *entry = value;
        if (!entry->answered && (!r || entry->replica == r) && bus_pending_take(c, id, &p))
            fail(c, &p, PAL_UNAVAILABLE);
    }
}

void bus_pending_expire(struct pal_bus_client *c, int64_t now_ms)
{
    uint64_t id;
    void *value;
    struct bus_pending p;
    if (now_ms < c->next_expiry)
        return;
    c->next_expiry = INT64_MAX;
    for (size_t it = 0; pal_map_next(&c->pending, &it, &id, &value);) {
        const struct bus_pending *entry = value;
        if (entry->call || entry->answered)
            continue; /* a call watches its clock itself */
        if (entry->deadline_ms > now_ms)
            c->next_expiry =
                entry->deadline_ms < c->next_expiry ? entry->deadline_ms : c->next_expiry;
        else if (bus_pending_take(c, id, &p))
            fail(c, &p, PAL_TIMEOUT);
    }
    bus_parked_expire(c, now_ms);
}
