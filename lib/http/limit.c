/* Rate limits: a map of buckets, swept once a minute; with a store their counts are joined by
 * limit_shared.c. */
#include "http/limit.h"

#include "base/clock.h"
#include "http/limit_shared.h"

#include <stdlib.h>

enum { SWEEP_MS = 60000, BUCKETS_MAX = 1 << 18 };

static uint64_t bucket_key(const struct pal_rate *rate, uint64_t subject)
{
    uint64_t parts[2] = {(uint64_t)(uintptr_t)rate, subject};
    return pal_hash(parts, sizeof parts);
}

static void entry_free(struct pal_limiter *l, uint64_t key, struct pal_limit_entry *e)
{
    pal_map_del(&l->entries, key);
    pal_list_remove(&e->dirty);
    free(e);
}

static void sweep(struct pal_limiter *l)
{
    int64_t now = pal_now_ms();
    uint64_t key = 0;
    void *value = NULL;
    for (size_t it = 0; pal_map_next(&l->entries, &it, &key, &value);) {
        struct pal_limit_entry *e = value;
        struct pal_bucket_rules rules = pal_bucket_rules_of(e->rate, l->scale_percent);
        if (pal_bucket_idle(&e->bucket, &rules, now))
            entry_free(l, key, e);
    }
}

static void on_sweep(struct pal_timer *t)
{
    struct pal_limiter *l = PAL_CONTAINER(t, struct pal_limiter, sweep);
    sweep(l);
    pal_timer_arm(l->loop, t, SWEEP_MS);
}

struct pal_limiter *pal_limiter_new(struct pal_loop *loop, struct pal_redis *redis,
                                    int scale_percent)
{
    struct pal_limiter *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->loop = loop;
    l->redis = redis;
    l->scale_percent = scale_percent;
    pal_map_init(&l->entries);
    pal_list_init(&l->dirty);
    l->sweep.fn = on_sweep;
    pal_timer_arm(loop, &l->sweep, SWEEP_MS);
    pal_limit_shared_begin(l);
    return l;
}

void pal_limiter_free(struct pal_limiter *l)
{
    if (!l)
        return;
    uint64_t key = 0;
    void *value = NULL;
    pal_timer_stop(l->loop, &l->sweep);
    pal_limit_shared_end(l);
    for (size_t it = 0; pal_map_next(&l->entries, &it, &key, &value);)
        free(value);
    pal_map_fini(&l->entries);
    free(l);
}

static struct pal_limit_entry *entry_get(struct pal_limiter *l, const struct pal_rate *rate,
                                         uint64_t subject, const struct pal_bucket_rules *rules,
                                         int64_t now)
{
    uint64_t key = bucket_key(rate, subject);
    struct pal_limit_entry *e = pal_map_get(&l->entries, key);
    if (e || l->entries.n >= BUCKETS_MAX)
        return e;
    e = calloc(1, sizeof *e);
    if (!e || !pal_map_put(&l->entries, key, e)) {
        free(e);
        return NULL;
    }
    e->rate = rate;
    e->subject = subject;
    pal_list_init(&e->dirty);
    pal_bucket_begin(&e->bucket, rules, now);
    return e;
}

bool pal_limit_take(struct pal_limiter *l, const struct pal_rate *rate, uint64_t subject,
                    struct pal_limit_state *state)
{
    *state = (struct pal_limit_state){
        .limit = rate->limit, .remaining = rate->limit, .reset_s = rate->window_ms / 1000};
    if (l->scale_percent == 0)
        return true;
    int64_t now = pal_now_ms();
    struct pal_bucket_rules rules = pal_bucket_rules_of(rate, l->scale_percent);
    struct pal_limit_entry *e = entry_get(l, rate, subject, &rules, now);
    if (!e)
        return true; /* a quarter of a million subjects in a minute: rather serve than refuse
                        everybody */
    bool allowed = pal_bucket_take(&e->bucket, &rules, now, l->redis != NULL, state);
    if (allowed && l->redis && pal_list_empty(&e->dirty))
        pal_list_append(&l->dirty, &e->dirty);
    return allowed;
}

struct pal_limit_entry *pal_limit_find(struct pal_limiter *l, const struct pal_rate *rate,
                                       uint64_t subject)
{
    return pal_map_get(&l->entries, bucket_key(rate, subject));
}
