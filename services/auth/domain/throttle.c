/* How long a sign-in has to wait after failures. */
#include "domain/throttle.h"

/* Failures without delay, first delay, longest delay. */
static const struct {
    int64_t free, first_ms, max_ms;
} rules[THROTTLE_KINDS] = {
    [THROTTLE_PAIR] = {5, 5000, 900000},
    [THROTTLE_NETWORK] = {100, 1000, 60000},
    [THROTTLE_ACCOUNT] = {50, 1000, 60000},
};

int64_t throttle_delay_ms(enum throttle_kind kind, int64_t failures)
{
    int64_t over = failures - rules[kind].free;
    if (over < 0)
        return 0;
    int64_t delay = rules[kind].first_ms << (over < 20 ? over : 20);
    return delay < rules[kind].max_ms ? delay : rules[kind].max_ms;
}

int64_t throttle_wait_ms(const struct throttle_count counts[THROTTLE_KINDS], bool known,
                         int64_t now_ms)
{
    int64_t wait = 0;
    for (int kind = 0; kind < THROTTLE_KINDS; kind++) {
        if (known && kind != THROTTLE_PAIR)
            continue;
        int64_t delay = throttle_delay_ms((enum throttle_kind)kind, counts[kind].failures);
        int64_t left = counts[kind].last_ms + delay - now_ms;
        if (delay > 0 && left > wait)
            wait = left < delay ? left : delay; /* a clock that went back does not prolong it */
    }
    return wait;
}
