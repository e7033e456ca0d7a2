/* See admission.h. */
#include "admission.h"

#include "base/id.h"
#include "gateway.h"

#include <inttypes.h>
#include <stdio.h>

/* A gateway opens more than a thousand sockets a second; half of that leaves room for other work.
 */
enum { MIN_MS = 100, BASE_MS = 1000, SOCKET_MS = 2, MAX_MS = 60000, RETRY_MIN_MS = 1000 };

void admission_init(struct admission *a)
{
    pal_list_init(&a->line);
    a->line_gauge = pal_gauge("palique_gateway_line", NULL,
                              "Requests for a WebSocket that wait until others are through.");
}

bool admission_full(const struct admission *a)
{
    return a->waiting >= ADMISSION_LINE_MAX;
}

struct spread admission_spread(size_t sockets)
{
    struct spread s = {MIN_MS, MAX_MS};
    if (sockets < (MAX_MS - BASE_MS) / SOCKET_MS)
        s.max_ms = BASE_MS + SOCKET_MS * (int64_t)sockets;
    return s;
}

struct spread admission_spread_of(const struct gateway *gw)
{
    size_t held = gw->admission.held, now = gw->people.sessions;
    return admission_spread(held > now ? held : now);
}

uint32_t admission_retry_ms(const struct gateway *gw)
{
    struct spread s = admission_spread_of(gw);
    uint32_t random;
    pal_random(&random, sizeof random);
    return RETRY_MIN_MS + random % (uint32_t)s.max_ms;
}

void admission_reason(const struct gateway *gw, const char *why, char out[ADMISSION_REASON])
{
    struct spread s = admission_spread_of(gw);
    (void)snprintf(out, ADMISSION_REASON, "%s: reconnect in %" PRId64 " to %" PRId64 " ms, resume",
                   why, s.min_ms, s.max_ms);
}
