/* Token bucket: `limit` tokens flow in per window, at most `burst` are kept. The window bounds what
 * all processes let pass together. */
#include "http/bucket.h"

#include <math.h>

struct pal_bucket_rules pal_bucket_rules_of(const struct pal_rate *rate, int scale_percent)
{
    double scale = scale_percent / 100.0;
    return (struct pal_bucket_rules){.limit = fmax(1, rate->limit * scale),
                                     .burst = fmax(1, rate->burst * scale),
                                     .window_ms = rate->window_ms};
}

void pal_bucket_begin(struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms)
{
    *b = (struct pal_bucket){
        .tokens = r->burst, .filled_ms = now_ms, .window = now_ms / r->window_ms};
}

static void refill(struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms)
{
    double elapsed = now_ms > b->filled_ms ? (double)(now_ms - b->filled_ms) : 0;
    b->tokens = fmin(r->burst, b->tokens + elapsed * r->limit / (double)r->window_ms);
    b->filled_ms = now_ms;
    if (b->window != now_ms / r->window_ms) {
        b->window = now_ms / r->window_ms;
        b->unsent = b->shared = 0;
    }
}

static uint32_t ms_until_token(const struct pal_bucket *b, const struct pal_bucket_rules *r)
{
    return (uint32_t)ceil((1 - b->tokens) * (double)r->window_ms / r->limit);
}

bool pal_bucket_take(struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms,
                     bool with_window, struct pal_limit_state *state)
{
    refill(b, r, now_ms);
    uint32_t window_left_ms = (uint32_t)(r->window_ms - now_ms % r->window_ms);
    double left = with_window ? fmin(b->tokens, r->limit - b->shared - b->unsent) : b->tokens;
    bool allowed = left >= 1;
    *state = (struct pal_limit_state){.limit = (uint32_t)r->limit,
                                      .reset_s = (window_left_ms + 999) / 1000};
    if (allowed) {
        b->tokens -= 1;
        b->unsent += 1;
        state->remaining = (uint32_t)(left - 1);
    } else {
        state->retry_after_ms = b->tokens < 1 ? ms_until_token(b, r) : window_left_ms;
    }
    return allowed;
}

bool pal_bucket_idle(const struct pal_bucket *b, const struct pal_bucket_rules *r, int64_t now_ms)
{
    return now_ms - b->filled_ms > r->window_ms &&
           (b->unsent == 0 || b->window != now_ms / r->window_ms);
}
