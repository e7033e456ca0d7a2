/* Rate limits by the classes of proto/rates.json. The decision is local and at once; with a store
 * the counts of all gateways are joined every 100 ms (each adds what it let pass and learns the
 * sum), so that the limit holds for the suite to within what passes in that time. Loop's thread
 * only. */
#ifndef PAL_HTTP_LIMIT_H
#define PAL_HTTP_LIMIT_H

#include "base/code.h"
#include "loop/loop.h"
#include "proto/types.h"
#include "redis/redis.h"

#include <stdbool.h>
#include <stdint.h>

struct pal_limiter;

struct pal_limit_state {
    uint32_t limit;
    uint32_t remaining;
    uint32_t reset_s;        /* seconds until the window starts again */
    uint32_t retry_after_ms; /* when refused */
};

/* redis may be NULL: in-process. scale_percent multiplies all limits (tests, big offices); 0
 * switches limits off. */
struct pal_limiter *pal_limiter_new(struct pal_loop *loop, struct pal_redis *redis,
                                    int scale_percent);
void pal_limiter_free(struct pal_limiter *l);
/* Takes one token for subject (user id, or hash of the address). True: allowed. */
bool pal_limit_take(struct pal_limiter *l, const struct pal_rate *rate, uint64_t subject,
                    struct pal_limit_state *state);

#endif
