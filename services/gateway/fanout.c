/* Subscriptions: who is in which channel, and from where. Events are in fanout_turn.c, catching up
 * is in fanout_catchup.c. */
#include "fanout.h"

#include "base/limits.h"
#include "fanout_advance.h"
#include "fanout_catchup.h"
#include "fanout_ring.h"

#include <stdlib.h>

void fanout_init(struct fanout *f, const struct fanout_ops *ops)
{
    *f = (struct fanout){.ops = ops};
    pal_map_init(&f->channels);
    pal_map_init(&f->seen[0]);
    pal_map_init(&f->seen[1]);
    pal_list_init(&f->fresh);
    pal_list_init(&f->rings);
    pal_list_init(&f->wanting);
}

void fanout_fini(struct fanout *f)
{
    pal_map_fini(&f->channels);
    pal_map_fini(&f->seen[0]);
    pal_map_fini(&f->seen[1]);
}

void subscriber_init(struct subscriber *s, uint64_t user)
{
    s->user = user;
    s->blocked = false;
    pal_list_init(&s->subscriptions);
}

struct channel *fanout_channel(const struct fanout *f, uint64_t channel)
{
    return pal_map_get(&f->channels, channel);
}

/* Walks the subscriber's list, never the channel's: people are in tens of channels, channels have
 * thousands. */
struct subscription *fanout_find(const struct subscriber *s, uint64_t channel)
{
    PAL_LIST_EACH(it, (struct pal_list *)(uintptr_t)&s->subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_subscriber);
        if (sub->channel->id == channel)
            return sub;
    }
    return NULL;
}

static struct subscription *attach(struct fanout *f, struct subscriber *s, uint64_t channel,
                                   bool listener)
{
    struct channel *ch = channel_open(f, channel);
    struct subscription *sub = calloc(1, sizeof *sub);
    if (!ch || !sub) {
        free(sub);
        if (ch)
            channel_release(f, ch);
        return NULL;
    }
    sub->channel = ch;
    sub->subscriber = s;
    sub->listener = listener;
    pal_list_append(listener ? &ch->listeners : &ch->subscriptions, &sub->in_channel);
    pal_list_append(&s->subscriptions, &sub->in_subscriber);
    return sub;
}

struct subscription *fanout_listen(struct fanout *f, struct subscriber *s, uint64_t channel)
{
    struct subscription *sub = fanout_find(s, channel);
    return sub ? sub : attach(f, s, channel, true);
}

struct subscription *fanout_subscribe(struct fanout *f, struct subscriber *s, uint64_t channel,
                                      uint64_t pos, uint64_t head, int64_t now_ms)
{
    struct subscription *sub = fanout_find(s, channel);
    if (sub)
        return sub;
    sub = attach(f, s, channel, false);
    if (!sub)
        return NULL;
    sub->pos = pos;
    /* An event may have come before the answer that told the head, while nobody was subscribed; and
     * the head may tell of one that those who are have not seen. */
    struct channel *ch = sub->channel;
    bool news = head > ch->top && ch->subscriptions.next != ch->subscriptions.prev;
    if (head > ch->top)
        ch->top = head;
    /* Nothing is delivered in here: an event could end what is returned. */
    if (sub->pos < ch->top || news)
        channel_want(f, ch, now_ms + FANOUT_HOLD_MS);
    return sub;
}

void fanout_unsubscribe(struct fanout *f, struct subscription *sub)
{
    struct channel *ch = sub->channel;
    pal_list_remove(&sub->in_channel);
    pal_list_remove(&sub->in_subscriber);
    free(sub);
    channel_release(f, ch);
}

void fanout_leave_all(struct fanout *f, struct subscriber *s)
{
    PAL_LIST_EACH(it, &s->subscriptions)
        fanout_unsubscribe(f, PAL_CONTAINER(it, struct subscription, in_subscriber));
}

bool fanout_resume(struct fanout *f, struct subscription *sub, uint64_t pos, int64_t now_ms)
{
    uint64_t top = sub->channel->top;
    if (pos >= top && sub->pos >= top) {
        f->resumes[RESUME_CURRENT]++;
        return false;
    }
    sub->gap_told = false;
    if (pos < sub->pos)
        sub->pos = pos;
    if (sub->pos < sub->floor) {
        uint64_t from = sub->pos + 1;
        sub->pos = sub->floor;
        f->gaps++;
        sub->gap_told = true;
        f->ops->gap(sub->subscriber, sub->channel->id, from, sub->floor);
    }
    if (sub->pos >= top) {
        f->resumes[sub->gap_told ? RESUME_GAP : RESUME_CURRENT]++;
        return false;
    }
    struct channel *ch = sub->channel;
    sub->resume_to = top;
    if (!sub_advance(f, sub))
        channel_want(f, ch, now_ms);
    channel_release(f, ch);
    return true;
}

void fanout_unblock(struct fanout *f, struct subscriber *s, int64_t now_ms)
{
    s->blocked = false;
    PAL_LIST_EACH(it, &s->subscriptions) {
        struct subscription *sub = PAL_CONTAINER(it, struct subscription, in_subscriber);
        struct channel *ch = sub->channel;
        if (sub->listener)
            continue;
        if (!sub_advance(f, sub))
            channel_want(f, ch, now_ms);
        channel_release(f, ch); /* it may have been its last */
    }
}
