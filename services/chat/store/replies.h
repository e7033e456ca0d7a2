/* What replies change of their threads, in the transaction that stores them. */
#ifndef CHAT_STORE_REPLIES_H
#define CHAT_STORE_REPLIES_H

#include "store/writer.h"

/* After a batch with replies: keeps the threads' summaries, lets those follow who replied, were
 * mentioned or wrote the root, appends thread.replied for the followers of each. commit:
 * and commits. */
enum pal_code replies_store(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                            size_t n, const struct posted *out, bool commit,
                            struct pal_error *err) PAL_MUST_USE;

#endif
