/* Joining the counts: INCRBY palique:rate:<class>:<subject>:<window>, with an expiry of two
 * windows. Without an answer the count stays local, and limits hold per process. */
#include "http/limit_shared.h"

#include <hiredis/hiredis.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { JOIN_MS = 100, KEY_MAX = 128 };

struct question {
    struct pal_limiter *limiter;
    const struct pal_rate *rate;
    uint64_t subject;
    int64_t window;
};

static void on_sum(void *arg, const struct redisReply *reply)
{
    struct question *q = arg;
    struct pal_limit_entry *e = pal_limit_find(q->limiter, q->rate, q->subject);
    if (e && reply && reply->type == REDIS_REPLY_INTEGER && e->bucket.window == q->window)
        e->bucket.shared = (uint32_t)reply->integer;
    free(q);
}

static void tell(struct pal_limiter *l, struct pal_limit_entry *e)
{
    char key[KEY_MAX], count[16], expiry[16];
    struct question *q = malloc(sizeof *q);
    if (!q)
        return;
    *q = (struct question){l, e->rate, e->subject, e->bucket.window};
    snprintf(key, sizeof key, "palique:rate:%s:%" PRIx64 ":%" PRId64, e->rate->name, e->subject,
             e->bucket.window);
    snprintf(count, sizeof count, "%" PRIu32, e->bucket.unsent);
    snprintf(expiry, sizeof expiry, "%" PRIu32, 2 * e->rate->window_ms);
    struct pal_str add[] = {PAL_STR("INCRBY"), pal_str_of(key), pal_str_of(count)};
    struct pal_str expire[] = {PAL_STR("PEXPIRE"), pal_str_of(key), pal_str_of(expiry)};
    /* Until the sum is there, what was told counts as shared. */
    e->bucket.shared += e->bucket.unsent;
    e->bucket.unsent = 0;
    pal_redis_command(l->redis, on_sum, q, 3, add);
    pal_redis_command(l->redis, NULL, NULL, 3, expire);
}

static void on_join(struct pal_timer *t)
{
    struct pal_limiter *l = PAL_CONTAINER(t, struct pal_limiter, join);
    struct pal_list *it;
    while (pal_redis_ready(l->redis) && (it = pal_list_pop(&l->dirty)))
        tell(l, PAL_CONTAINER(it, struct pal_limit_entry, dirty));
    pal_timer_arm(l->loop, t, JOIN_MS);
}

void pal_limit_shared_begin(struct pal_limiter *l)
{
    if (!l->redis)
        return;
    l->join.fn = on_join;
    pal_timer_arm(l->loop, &l->join, JOIN_MS);
}

void pal_limit_shared_end(struct pal_limiter *l)
{
    pal_timer_stop(l->loop, &l->join);
}
