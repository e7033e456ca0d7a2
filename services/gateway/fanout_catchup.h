/* The other half of fanout: what is missing, and the answers of chat's log. catchup.c does the
 * asking. Loop's thread. */
#ifndef GATEWAY_FANOUT_CATCHUP_H
#define GATEWAY_FANOUT_CATCHUP_H

#include "fanout.h"

enum { FANOUT_HOLD_MS = 50, FANOUT_SEEN_MAX = 65536 };
/* The stream was interrupted: what every channel has beyond its top must be asked for. */
void fanout_verify_all(struct fanout *f, int64_t now_ms);
/* The next channel that is due, with the seq after which to ask; it counts as being asked for from
 * now on. NULL: none. *wait_ms: until the next one is due, or -1. */
struct channel *fanout_due(struct fanout *f, int64_t now_ms, uint64_t *after, int64_t *wait_ms);
struct fanout_answer {
    uint64_t channel, after, head, first; /* as event.list says */
    const struct log_entry *entries;      /* ascending */
    size_t n;
};
void fanout_answer(struct fanout *f, const struct fanout_answer *a, int64_t now_ms);
/* Chat knows no such channel any more: all its subscriptions end. */
void fanout_gone(struct fanout *f, uint64_t channel);
/* No answer came: ask again after retry_ms. */
void fanout_failed(struct fanout *f, uint64_t channel, int64_t now_ms, int64_t retry_ms);

#endif
