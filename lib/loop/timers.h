/* The binary heap of a loop's timers; private to lib/loop. Timers know their place, so stopping one
 * costs no search. */
#ifndef PAL_LOOP_TIMERS_H
#define PAL_LOOP_TIMERS_H

#include "loop/loop.h"

struct timers {
    struct pal_timer **heap; /* owned array of borrowed timers */
    size_t n;
    size_t cap;
};

void timers_fini(struct timers *t);
void timers_add(struct timers *t, struct pal_timer *timer); /* must not be in the heap */
void timers_remove(struct timers *t, struct pal_timer *timer);
/* Takes out the earliest timer that is due at now_ms; NULL when none is. */
struct pal_timer *timers_due(struct timers *t, int64_t now_ms);
/* Milliseconds until the earliest, for epoll_wait; -1 without timers. */
int timers_wait(const struct timers *t, int64_t now_ms);

#endif
