/* What happens by the clock: heartbeats, expiry of tokens, the short wait before live events.
 * Wheels and lists, no timer per connection. Loop's thread. */
#ifndef GATEWAY_TICKS_H
#define GATEWAY_TICKS_H

#include "base/list.h"
#include "loop/loop.h"

#include <stdint.h>

struct gateway;
struct session;

enum { BEAT_SLOTS = 30, EXPIRY_SLOTS = 64 };

struct ticks {
    struct pal_timer second, beat, presence, hold;
    struct pal_list beats[BEAT_SLOTS];    /* session.in_beat */
    struct pal_list expiry[EXPIRY_SLOTS]; /* session.in_expiry, by second modulo */
    struct pal_list held;                 /* session.in_held, in order of time */
    struct pal_list patient;              /* session.in_held of those who said that they resume */
    unsigned beat_at;                     /* slot that is next */
    int64_t expiry_s;                     /* second that was looked at last */
};

void ticks_start(struct gateway *gw);
void ticks_stop(struct gateway *gw);
void ticks_join(struct gateway *gw, struct session *s); /* heartbeat and expiry */
/* Until its first frame; or SESSION_HOLD_MS, for one that did not say that it resumes. */
void ticks_hold(struct gateway *gw, struct session *s);

#endif
