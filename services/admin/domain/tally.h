/* Counting the messages of a batch: so that a batch costs a row for each five seconds, person and
 * channel in it, not for each message. Pure. */
#ifndef ADMIN_DOMAIN_TALLY_H
#define ADMIN_DOMAIN_TALLY_H

#include "base/arena.h"
#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TALLY_TICK_MS = 5000, TALLY_DAY_MS = 24 * 3600 * 1000 };

/* What is counted: of an organisation, of whom, and the beginning of the interval in ms since 1970.
 * Which of them mean something is the table's business; the others are 0. */
struct tally_row {
    uint64_t org, who;
    int64_t from_ms;
    int64_t count;
    struct tally_row *same_hash;
};

struct tally_table {
    struct tally_row *rows; /* in the arena */
    size_t n;
    struct pal_map index;
};

struct tally {
    size_t max;
    struct tally_table ticks;    /* org, 0, tick */
    struct tally_table days;     /* org, user, UTC day */
    struct tally_table channels; /* 0, channel, 0; count: the newest message's time in ms */
};

/* Room for max messages. False: out of memory. tally_end in any case. */
bool tally_begin(struct tally *t, struct pal_arena *arena, size_t max) PAL_MUST_USE;
bool tally_add(struct tally *t, uint64_t org, uint64_t channel, uint64_t user,
               int64_t at_ms) PAL_MUST_USE;
void tally_end(struct tally *t);

#endif
