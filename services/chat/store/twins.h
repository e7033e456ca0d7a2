/* Which posts of a batch are the same: of one author in one channel with one client_id. */
#ifndef CHAT_STORE_TWINS_H
#define CHAT_STORE_TWINS_H

#include "store/writer.h"

/* first[i]: the first of its kind, i itself when nothing like it came before. The arena lends the
 * memory. */
bool twins_find(struct pal_arena *arena, const struct post *posts, size_t n,
                uint16_t *first) PAL_MUST_USE;

#endif
