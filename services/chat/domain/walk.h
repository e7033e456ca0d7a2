/* How far back one looks at a time: the newest messages first, in blocks of ids, larger ones when
 * little is found. Pure.
 *
 * Each stored message has three lexemes for the block of ids that it is in, of 2^12, 2^16 and 2^20
 * ids. So a range of ids is a handful of lexemes, and the index gives the matches of that range
 * without touching those of all others. */
#ifndef CHAT_DOMAIN_WALK_H
#define CHAT_DOMAIN_WALK_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct walk {
    int64_t floor, next; /* ids [floor, next) are still to be looked at */
    int64_t size;        /* of the next range */
};
struct walk_range {
    int64_t from, to; /* ids [from, to) */
};

void walk_begin(struct walk *w, int64_t floor, int64_t end);
/* The next range down, whose lower end is where blocks begin. False: there is none. */
bool walk_next(struct walk *w, struct walk_range *out);
/* What the last range had: rows that the index gave, of them wanted ones; and how many are still
 * wanted. */
void walk_learn(struct walk *w, const struct walk_range *r, int64_t looked_at, int64_t found,
                int64_t wanted);

/* The blocks of the range as a tsquery: ':x3'|':y1'. */
void walk_tsquery(const struct walk_range *r, struct pal_buf *out);
/* The blocks of one message, as part of a tsvector. */
void walk_tsvector(int64_t id, struct pal_buf *out);

#endif
