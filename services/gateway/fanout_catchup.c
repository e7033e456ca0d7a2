/* Catching up: what to ask chat's log for, and how its answers serve all that wait. */
#include "fanout_catchup.h"

#include "fanout_advance.h"
#include "fanout_ring.h"

#include "base/limits.h"

#include <stdlib.h>

void sub_moved(struct fanout *f, struct subscription *sub)
{
    if (sub->resume_to == 0 || sub->pos < sub->resume_to)
        return;
    sub->resume_to = 0;
    f->resumes[sub->gap_told ? RESUME_GAP : RESUME_REPLAYED]++;
    f->ops->reached(sub->subscriber);
}

/* Whoever waits for the end of a resume waits no longer for this channel. */
static void sub_remove(struct fanout *f, struct subscription *sub)
{
    if (sub->resume_to)
        f->ops->reached(sub->subscriber);
    pal_list_remove(&sub->in_channel);
    pal_list_remove(&sub->in_subscriber);
    free(sub);
}

bool sub_deliver(struct fanout *f, struct subscription *sub, const struct log_entry *e)
{
    struct subscriber *s = sub->subscriber;
    sub->pos = e->seq;
    f->delivered++;
    f->ops->deliver(s, e->frame, 1);
    bool left = e->kind == LOG_LEFT && e->subject == s->user;
    if (!left && e->kind != LOG_DELETED) {
        sub_moved(f, sub);
        return true;
    }
    uint64_t channel = sub->channel->id;
    sub_remove(f, sub);
    f->ops->ended(s, channel, left ? END_LEFT : END_DELETED);
    return false;
}

void sub_gap(struct fanout *f, struct subscription *sub, uint64_t to)
{
    uint64_t from = sub->pos + 1;
    sub->pos = to;
    sub->gap_told = true;
    f->gaps++;
    f->ops->gap(sub->subscriber, sub->channel->id, from, to);
    sub_moved(f, sub);
}

bool sub_advance(struct fanout *f, struct subscription *sub)
{
    struct channel *ch = sub->channel;
    while (sub->pos < ch->top) {
        if (sub->subscriber->blocked || sub->muted)
            return true;
        const struct log_entry *e = ring_get(ch, sub->pos + 1);
        if (!e) {
            if (ch->top - sub->pos <= PAL_RESUME_EVENTS_MAX)
                return false;
            sub_gap(f, sub, ch->top);
        } else if (!sub_deliver(f, sub, e)) {
            return true;
        }
    }
    return true;
}

void fanout_verify_all(struct fanout *f, int64_t now_ms)
{
    size_t at = 0;
    uint64_t id;
    void *value;
    while (pal_map_next(&f->channels, &at, &id, &value)) {
        struct channel *ch = value;
        /* An answer under way was read before the interruption was over. */
        ch->asking = false;
        ch->verify = true;
        if (!pal_list_empty(&ch->subscriptions))
            channel_want(f, ch, now_ms);
    }
}

/* The lowest position that waits; the top when none does. */
static uint64_t ask_after(const struct channel *ch)
{
    uint64_t after = ch->top;
    PAL_LIST_EACH(it, (struct pal_list *)(uintptr_t)&ch->subscriptions) {
        const struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_channel);
        if (!sub->subscriber->blocked && !sub->muted && sub->pos < after)
            after = sub->pos;
    }
    return after;
}

struct channel *fanout_due(struct fanout *f, int64_t now_ms, uint64_t *after, int64_t *wait_ms)
{
    *wait_ms = -1;
    PAL_LIST_EACH(it, &f->wanting) {
        struct channel *ch = PAL_CONTAINER(it, struct channel, in_wanting);
        int64_t wait = ch->due_ms - now_ms;
        if (wait <= 0) {
            pal_list_remove(&ch->in_wanting);
            *after = ask_after(ch);
            if (*after == ch->top && !ch->verify) {
                hole_close(f, ch, HOLE_STREAM); /* what was missing has come meanwhile */
                continue;
            }
            ch->asking = true;
            return ch;
        }
        if (*wait_ms < 0 || wait < *wait_ms)
            *wait_ms = wait;
    }
    return NULL;
}

/* Index of the first entry above pos. */
static size_t first_above(const struct fanout_answer *a, uint64_t pos)
{
    size_t low = 0, high = a->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->entries[middle].seq > pos)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* False: the subscription ended. */
static bool feed(struct fanout *f, struct subscription *sub, const struct fanout_answer *a)
{
    if (a->first > sub->pos + 1 && a->after <= sub->pos && !ring_get(sub->channel, sub->pos + 1))
        sub_gap(f, sub, a->first - 1 < sub->channel->top ? a->first - 1 : sub->channel->top);
    for (size_t i = first_above(a, sub->pos); i < a->n; i++) {
        if (sub->subscriber->blocked || sub->muted || a->entries[i].seq != sub->pos + 1)
            return true;
        if (!sub_deliver(f, sub, &a->entries[i]))
            return false;
    }
    return true;
}

void fanout_answer(struct fanout *f, const struct fanout_answer *a, int64_t now_ms)
{
    struct channel *ch = fanout_channel(f, a->channel);
    if (!ch)
        return;
    ch->asking = false;
    ch->verify = false;
    if (a->head > ch->top) { /* the stream has not told of these */
        ch->top = a->head;
        hole_open(f, ch);
    }
    bool lagging = false;
    PAL_LIST_EACH(it, &ch->subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_channel);
        if (sub->subscriber->blocked || sub->muted || sub->pos >= ch->top)
            continue;
        if (feed(f, sub, a))
            lagging |= !sub_advance(f, sub);
    }
    if (!lagging)
        hole_close(f, ch, HOLE_LOG);
    /* An answer without anything new is a log behind what the stream has told: do not ask in a
     * circle. */
    if (lagging)
        channel_want(f, ch, a->n > 0 ? now_ms : now_ms + FANOUT_HOLD_MS);
    channel_release(f, ch);
}

void fanout_failed(struct fanout *f, uint64_t channel, int64_t now_ms, int64_t retry_ms)
{
    struct channel *ch = fanout_channel(f, channel);
    if (!ch)
        return;
    ch->asking = false;
    channel_want(f, ch, now_ms + retry_ms);
}

void fanout_gone(struct fanout *f, uint64_t channel)
{
    struct channel *ch = fanout_channel(f, channel);
    if (!ch)
        return;
    PAL_LIST_EACH(it, &ch->subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_channel);
        struct subscriber *s = sub->subscriber;
        sub_remove(f, sub);
        f->ops->ended(s, channel, END_DELETED);
    }
    ch->asking = false;
    channel_release(f, ch);
}

void fanout_expire(struct fanout *f, int64_t now_ms)
{
    enum { SEEN_TURN_MS = 15000 };
    PAL_LIST_EACH(it, &f->rings) {
        struct channel *ch = PAL_CONTAINER(it, struct channel, in_rings);
        if (now_ms - ch->ring_at_ms < RING_KEEP_MS)
            break;
        ring_drop(f, ch);
    }
    if (now_ms - f->seen_turned_ms < SEEN_TURN_MS)
        return;
    f->seen_turned_ms = now_ms;
    pal_map_fini(&f->seen[1]);
    f->seen[1] = f->seen[0];
    pal_map_init(&f->seen[0]);
}
