/* What a turn of the loop has brought: gathered by channel, then handed to each subscription in one
 * piece. Order, completeness and once-only by seq. */
#include "fanout_advance.h"
#include "fanout_catchup.h"
#include "fanout_ring.h"

#include <string.h>

/* Gathered of one channel before it is settled at once: the ring must still hold all of it. */
enum { FRESH_MAX = RING_SIZE / 2, FRESH_BYTES_MAX = 128 << 10 };

/* The frames of first..last one after the other, for all whose position is just before. */
struct pack {
    uint64_t first, last;
    struct pal_blob *frames; /* owned; NULL: there is none */
};

/* An event that may end a subscription is looked at by each for itself. */
static uint64_t last_plain(const struct channel *ch, size_t *bytes)
{
    uint64_t last = ch->settled;
    const struct log_entry *e;
    while (last < ch->top && (e = ring_get(ch, last + 1)) && e->kind == LOG_PLAIN) {
        *bytes += e->frame->n;
        last++;
    }
    return last;
}

static struct pack pack_make(const struct channel *ch)
{
    size_t bytes = 0;
    struct pack p = {.first = ch->settled + 1, .last = last_plain(ch, &bytes)};
    bool shared = ch->subscriptions.next != ch->subscriptions.prev;
    if (p.last <= p.first || !shared)
        return p; /* a single frame is shared as it is */
    p.frames = pal_blob_new(NULL, bytes);
    size_t at = 0;
    for (uint64_t seq = p.first; p.frames && seq <= p.last; seq++) {
        const struct log_entry *e = ring_get(ch, seq);
        memcpy(p.frames->data + at, e->frame->data, e->frame->n);
        at += e->frame->n;
    }
    return p;
}

static void deliver_pack(struct fanout *f, struct subscription *sub, const struct pack *p)
{
    size_t n = (size_t)(p->last - p->first + 1);
    sub->pos = p->last;
    f->delivered += n;
    f->ops->deliver(sub->subscriber, p->frames, n);
    sub_moved(f, sub);
}

static void settle(struct fanout *f, struct channel *ch, int64_t now_ms)
{
    struct pack pack = pack_make(ch);
    bool lagging = false;
    pal_list_remove(&ch->in_fresh);
    ch->fresh_bytes = 0;
    PAL_LIST_EACH(it, &ch->subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_channel);
        if (pack.frames && sub->pos + 1 == pack.first && !sub->subscriber->blocked && !sub->muted)
            deliver_pack(f, sub, &pack);
        lagging |= !sub_advance(f, sub);
    }
    pal_blob_unref(pack.frames);
    /* With several replicas of chat the missing one is often on its way: wait a little. */
    if (lagging) {
        hole_open(f, ch);
        channel_want(f, ch, now_ms + FANOUT_HOLD_MS);
    } else {
        hole_close(f, ch, HOLE_STREAM);
    }
    channel_release(f, ch); /* all may have left by these events */
}

void fanout_event(struct fanout *f, uint64_t channel, const struct log_entry *e, int64_t now_ms)
{
    struct channel *ch = fanout_channel(f, channel);
    if (!ch) {
        seen_note(f, channel, e->seq);
        return;
    }
    bool fresh = !pal_list_empty(&ch->in_fresh);
    if (!fresh)
        ch->settled = ch->top;
    if (e->seq > ch->top)
        ch->top = e->seq;
    if (pal_list_empty(&ch->subscriptions))
        return;
    ring_put(f, ch, e, now_ms);
    if (!fresh)
        pal_list_append(&f->fresh, &ch->in_fresh);
    ch->fresh_bytes += e->frame ? e->frame->n : 0;
    if (ch->top - ch->settled >= FRESH_MAX || ch->fresh_bytes >= FRESH_BYTES_MAX)
        settle(f, ch, now_ms);
}

void fanout_settle(struct fanout *f, int64_t now_ms)
{
    while (!pal_list_empty(&f->fresh))
        settle(f, PAL_CONTAINER(f->fresh.next, struct channel, in_fresh), now_ms);
}
