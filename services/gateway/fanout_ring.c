/* Rings of recent frames, channel records and the memory of channels without subscribers. */
#include "fanout_ring.h"

#include "fanout_catchup.h"

#include <stdlib.h>

void ring_drop(struct fanout *f, struct channel *ch)
{
    if (!ch->ring)
        return;
    for (size_t i = 0; i < RING_SIZE; i++) {
        if (ch->ring[i].frame)
            f->ring_bytes -= ch->ring[i].frame->n;
        pal_blob_unref(ch->ring[i].frame);
    }
    free(ch->ring);
    ch->ring = NULL;
    pal_list_remove(&ch->in_rings);
}

static void rings_trim(struct fanout *f, const struct channel *keep)
{
    while (f->ring_bytes > RING_BYTES_MAX && !pal_list_empty(&f->rings)) {
        struct channel *oldest = PAL_CONTAINER(f->rings.next, struct channel, in_rings);
        if (oldest == keep)
            return;
        ring_drop(f, oldest);
    }
}

void ring_put(struct fanout *f, struct channel *ch, const struct log_entry *e, int64_t now_ms)
{
    if (!ch->ring)
        ch->ring = calloc(RING_SIZE, sizeof *ch->ring);
    if (!ch->ring || !e->frame)
        return; /* out of memory: the log has it */
    struct log_entry *slot = &ch->ring[e->seq % RING_SIZE];
    if (slot->seq >= e->seq)
        return;
    if (slot->frame)
        f->ring_bytes -= slot->frame->n;
    pal_blob_unref(slot->frame);
    *slot = *e;
    slot->frame = pal_blob_ref(e->frame);
    f->ring_bytes += e->frame->n;
    ch->ring_at_ms = now_ms;
    pal_list_remove(&ch->in_rings);
    pal_list_append(&f->rings, &ch->in_rings);
    rings_trim(f, ch);
}

const struct log_entry *ring_get(const struct channel *ch, uint64_t seq)
{
    if (!ch->ring)
        return NULL;
    const struct log_entry *slot = &ch->ring[seq % RING_SIZE];
    return slot->seq == seq ? slot : NULL;
}

struct channel *channel_open(struct fanout *f, uint64_t id)
{
    struct channel *ch = pal_map_get(&f->channels, id);
    if (ch)
        return ch;
    ch = calloc(1, sizeof *ch);
    if (!ch || !pal_map_put(&f->channels, id, ch)) {
        free(ch);
        return NULL;
    }
    ch->id = id;
    ch->top = seen_top(f, id);
    pal_list_init(&ch->subscriptions);
    pal_list_init(&ch->listeners);
    pal_list_init(&ch->in_fresh);
    pal_list_init(&ch->in_rings);
    pal_list_init(&ch->in_wanting);
    return ch;
}

void channel_release(struct fanout *f, struct channel *ch)
{
    if (!pal_list_empty(&ch->subscriptions) || !pal_list_empty(&ch->listeners))
        return;
    seen_note(f, ch->id, ch->top);
    ring_drop(f, ch);
    pal_list_remove(&ch->in_wanting);
    pal_list_remove(&ch->in_fresh);
    pal_map_del(&f->channels, ch->id);
    free(ch);
}

void channel_want(struct fanout *f, struct channel *ch, int64_t due_ms)
{
    if (ch->asking)
        return; /* the answer looks at every subscription again */
    if (pal_list_empty(&ch->in_wanting)) {
        ch->due_ms = due_ms;
        pal_list_append(&f->wanting, &ch->in_wanting);
    } else if (due_ms < ch->due_ms) {
        ch->due_ms = due_ms;
    }
}

void hole_open(struct fanout *f, struct channel *ch)
{
    f->holes += !ch->hole;
    ch->hole = true;
}

void hole_close(struct fanout *f, struct channel *ch, enum hole_end by)
{
    f->closed[by] += ch->hole;
    ch->hole = false;
}

void seen_note(struct fanout *f, uint64_t channel, uint64_t seq)
{
    if (seq <= seen_top(f, channel))
        return;
    /* The map holds numbers as pointers: nothing is ever read through them. */
    if (f->seen[0].n < FANOUT_SEEN_MAX)
        (void)pal_map_put(&f->seen[0], channel, (void *)(uintptr_t)seq);
}

uint64_t seen_top(const struct fanout *f, uint64_t channel)
{
    uint64_t a = (uint64_t)(uintptr_t)pal_map_get(&f->seen[0], channel);
    uint64_t b = (uint64_t)(uintptr_t)pal_map_get(&f->seen[1], channel);
    return a > b ? a : b;
}
