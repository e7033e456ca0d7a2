/* An epoll loop: descriptors, timers, signals and work posted from other threads.
 * All functions but pal_loop_post and pal_loop_stop: the loop's own thread only. Callbacks must not
 * block. */
#ifndef PAL_LOOP_LOOP_H
#define PAL_LOOP_LOOP_H

#include "base/code.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

struct pal_loop;

/* A watched descriptor, embedded in its owner. fn gets the EPOLL* bits that are ready. */
struct pal_watch {
    int fd;          /* borrowed: the owner closes it after pal_loop_unwatch */
    uint32_t events; /* EPOLLIN | EPOLLOUT | … as armed */
    void (*fn)(struct pal_watch *w, uint32_t ready);
};

/* A one-shot timer, embedded in its owner; zero it before first use. May be re-armed in its own
 * callback. */
struct pal_timer {
    int64_t due_ms; /* monotonic */
    size_t index;   /* place in the heap + 1; 0: not armed */
    void (*fn)(struct pal_timer *t);
};

struct pal_loop *pal_loop_new(void); /* NULL: out of descriptors or memory */
void pal_loop_free(struct pal_loop *l);

enum pal_code pal_loop_watch(struct pal_loop *l, struct pal_watch *w) PAL_MUST_USE;
enum pal_code pal_loop_rearm(struct pal_loop *l, struct pal_watch *w, uint32_t events);
/* After this no callback of w runs, not even one that was already due in this turn. */
void pal_loop_unwatch(struct pal_loop *l, struct pal_watch *w);

void pal_timer_arm(struct pal_loop *l, struct pal_timer *t, int64_t delay_ms);
void pal_timer_stop(struct pal_loop *l, struct pal_timer *t);

/* Runs fn on the loop's thread soon, in order of posting. Any thread. False: the loop is gone or
 * full. */
bool pal_loop_post(struct pal_loop *l, void (*fn)(void *arg), void *arg);

/* fn runs at the end of each turn, after all callbacks: the place to flush what a turn has
 * gathered. */
void pal_loop_on_turn(struct pal_loop *l, void (*fn)(void *arg), void *arg);
/* Takes a hook back: call it before arg goes, when the loop runs on. */
void pal_loop_off_turn(struct pal_loop *l, void (*fn)(void *arg), void *arg);

/* Until pal_loop_stop. Then posted work still queued is run once more. */
void pal_loop_run(struct pal_loop *l);
void pal_loop_stop(struct pal_loop *l); /* any thread */

/* From now on busy turns begin at least every_us apart (0: as soon as there is something), so that
 * what comes in between is done together: a turn that finds one thing costs as much in wakeups,
 * here and with those it sends to, as one that finds ten. Busy: over `often` descriptors were ready
 * in the 4 ms before. */
void pal_loop_pace(struct pal_loop *l, int64_t every_us, unsigned often);

int64_t pal_loop_now(const struct pal_loop *l); /* monotonic ms at the start of this turn */

#endif
