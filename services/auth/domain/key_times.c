/* When a signing key may sign and when it is forgotten. */
#include "domain/key_times.h"

struct key_times key_times_new(int64_t now_ms, int first)
{
    return (struct key_times){first ? now_ms : now_ms + KEY_ACTIVATION_MS, 0};
}

int64_t key_retirement(const struct key_times *next, int64_t access_ttl_ms)
{
    return next->activates_ms + access_ttl_ms + KEY_MARGIN_MS;
}

size_t key_pick(const struct key_times *keys, size_t n, int64_t now_ms)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        if (keys[i].activates_ms > now_ms || (keys[i].retires_ms && keys[i].retires_ms <= now_ms))
            continue;
        if (best == n || keys[i].activates_ms > keys[best].activates_ms)
            best = i;
    }
    return best;
}
