/* How many sockets are opened at a time, and over which time clients are asked to come back. After
 * a loss everybody comes at once; each opening asks chat and auth, whose lanes hold only so many
 * calls and whose answers have a deadline. So a bounded number is under way, a bounded number waits
 * in line, and the rest is told when to try again. Loop's thread. */
#ifndef GATEWAY_ADMISSION_H
#define GATEWAY_ADMISSION_H

#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gateway;
struct pal_metric;

enum { ADMISSION_ASKING_MAX = 64, ADMISSION_LINE_MAX = 1024, ADMISSION_REASON = 96 };

struct admission {
    struct pal_list line; /* struct opening.in_line: waits for its turn */
    size_t waiting, asking;
    size_t held;                   /* sockets at the beginning of a drain */
    struct pal_metric *line_gauge; /* shows `waiting` */
};

struct spread {
    int64_t min_ms, max_ms;
};

void admission_init(struct admission *a);
/* No room in the line. */
bool admission_full(const struct admission *a);
/* The time over which so many clients should spread their return. */
struct spread admission_spread(size_t sockets);
/* The same for those of this gateway. */
struct spread admission_spread_of(const struct gateway *gw);
/* For Retry-After: a random time, in ms, within the spread and not less than a second. */
uint32_t admission_retry_ms(const struct gateway *gw);
/* The reason of a close that asks to come back. */
void admission_reason(const struct gateway *gw, const char *why, char out[ADMISSION_REASON]);

#endif
