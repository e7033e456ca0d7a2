/* One subject's use of one rate class: a token bucket for bursts, and a window that can be shared.
 * Pure arithmetic. */
#ifndef PAL_HTTP_BUCKET_H
#define PAL_HTTP_BUCKET_H

#include "http/limit.h"
#include "proto/types.h"

#include <stdbool.h>
#include <stdint.h>

struct pal_bucket_rules {
    double limit; /* tokens per window, scaled */
    double burst; /* what may be taken at once */
    int64_t window_ms;
};

struct pal_bucket {
    double tokens;
    int64_t filled_ms; /* when tokens was computed */
    int64_t window;    /* number of the window (time / window_ms) that the counts below are of */
    uint32_t unsent;   /* taken here and not yet told to the store */
    uint32_t shared;   /* sum of all processes, as the store last said, own part included */
};

struct pal_bucket_rules pal_bucket_rules_of(const struct pal_rate *rate, int scale_percent);
void pal_bucket_begin(struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms);
/* Takes one token at now_ms (wall clock). with_window: the shared window counts too. */
bool pal_bucket_take(struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms,
                     bool with_window, struct pal_limit_state *state);
/* Nothing of it is remembered by anyone: it may be forgotten. */
bool pal_bucket_idle(const struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms);

#endif
