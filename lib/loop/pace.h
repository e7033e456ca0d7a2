/* How far apart the turns of a loop begin; private to lib/loop. */
#ifndef PAL_LOOP_PACE_H
#define PAL_LOOP_PACE_H

#include <stdint.h>

struct pace {
    int64_t every_us;  /* 0: turns are not held */
    int64_t began_us;  /* the last turn */
    int64_t window_us; /* when the present window began */
    unsigned often;
    unsigned ready, ready_before; /* descriptors in this window and in the one before */
};

/* Microseconds for which the next turn is to be held; 0: not at all. */
int64_t pace_left(struct pace *p, int64_t now_us);
/* A turn has begun that found n descriptors ready. */
void pace_began(struct pace *p, int64_t now_us, unsigned n);

#endif
