/* A walk over JSON that the suite has written itself: no tree is built and nothing is copied, which
 * is what a follower needs that looks at a few members of thousands of events. What comes from
 * outside is parsed with base/json.h: the walk checks no more than it has to, so as never to leave
 * the text and to end. */
#ifndef PAL_BASE_WALK_H
#define PAL_BASE_WALK_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct pal_walk {
    const char *p, *end;
    bool over;
    bool failed; /* it was no object or array, or ended in the middle */
};

/* Begins before the first element of an object or array. */
void pal_walk_begin(struct pal_walk *w, struct pal_str value);
/* The next member; false at the end or when failed. key: between its quotes, escapes as they are;
 * value: raw, strings with their quotes. */
bool pal_walk_member(struct pal_walk *w, struct pal_str *key, struct pal_str *value);
/* The next element of an array. */
bool pal_walk_element(struct pal_walk *w, struct pal_str *value);

/* The same in steps, so that what is nested is not walked over twice: after a key (or at an
 * element) the value is taken, or entered: then `inner` is walked to its end, or left in the
 * middle, before `w` goes on. */
bool pal_walk_key(struct pal_walk *w, struct pal_str *key);
bool pal_walk_next(struct pal_walk *w); /* element of an array */
bool pal_walk_value(struct pal_walk *w, struct pal_str *value);
void pal_walk_enter(const struct pal_walk *w, struct pal_walk *inner);
bool pal_walk_leave(struct pal_walk *w, const struct pal_walk *inner); /* false: one has failed */

/* A raw value read: 0 when it is no integer. */
int64_t pal_raw_int(struct pal_str raw);
uint64_t pal_raw_id(struct pal_str raw); /* 0 for negative ones too */
/* The text of a raw string, borrowed where it has no escapes, else in the arena; {NULL, 0} when it
 * is none or does not fit. */
struct pal_str pal_raw_text(struct pal_str raw, struct pal_arena *arena);

#endif
