/* What people keep for later: later.h. */
#include "domain/later.h"

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

bool send_time_fits(int64_t now_ms, int64_t at_ms)
{
    return at_ms > now_ms && at_ms - now_ms <= SCHEDULED_DAYS_MAX * day_ms;
}
