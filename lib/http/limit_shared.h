/* Inside of the limiter: its state, and the part that joins counts through a Redis-compatible
 * store. */
#ifndef PAL_HTTP_LIMIT_SHARED_H
#define PAL_HTTP_LIMIT_SHARED_H

#include "base/list.h"
#include "base/map.h"
#include "http/bucket.h"
#include "http/limit.h"

struct pal_limit_entry {
    struct pal_list dirty; /* has something to tell the store */
    const struct pal_rate *rate;
    uint64_t subject;
    struct pal_bucket bucket;
};

struct pal_limiter {
    struct pal_loop *loop;
    struct pal_redis *redis; /* borrowed; NULL: in-process */
    int scale_percent;
    struct pal_map entries; /* hash of rate and subject -> struct pal_limit_entry, owned */
    struct pal_list dirty;
    struct pal_timer sweep, join;
};

struct pal_limit_entry *pal_limit_find(struct pal_limiter *l, const struct pal_rate *rate,
                                       uint64_t subject);

/* Every 100 ms each dirty entry adds what it let pass to the store's count of the window and learns
 * the sum. */
void pal_limit_shared_begin(struct pal_limiter *l);
void pal_limit_shared_end(struct pal_limiter *l);

#endif
