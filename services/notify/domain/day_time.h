/* Times of the day as people write them. Pure. */
#ifndef NOTIFY_DOMAIN_DAY_TIME_H
#define NOTIFY_DOMAIN_DAY_TIME_H

#include "base/str.h"

#include <stdbool.h>

/* "00:00" to "23:59". */
bool day_time_valid(struct pal_str text);

#endif
