/* The piece of a long text that a result shows. Pure. */
#ifndef CHAT_DOMAIN_EXCERPT_H
#define CHAT_DOMAIN_EXCERPT_H

#include "domain/seek.h"

enum { EXCERPT_BYTES = 400, EXCERPT_BEFORE = 100 };

/* Bytes [begin, end) of the text: all of a short one, else what is around the first range, cut
 * between characters and if possible between words. */
struct seek_range excerpt_of(struct pal_str text, const struct seek_range *ranges, size_t n);

#endif
