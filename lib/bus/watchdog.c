/* See watchdog.h. */
#include "bus/watchdog.h"

bool bus_watchdog_step(struct bus_watchdog *w, int64_t now_ms, bool reached, unsigned progress,
                       int limit_ms)
{
    if (!reached || progress != w->progress) {
        w->progress = progress;
        w->since_ms = 0;
        return false;
    }
    if (w->since_ms == 0)
        w->since_ms = now_ms;
    return now_ms - w->since_ms >= limit_ms;
}
