/* Files and the messages that have them. Few posts have any; those are asked for apart, in the
 * transaction that stores the message and after the lock of its channel. */
#ifndef CHAT_STORE_ATTACH_H
#define CHAT_STORE_ATTACH_H

#include "store/answer.h"
#include "store/writer.h"

/* which: n indexes into posts. attached: for each of them the id that its message must get so that
 * its files are that message's; 0: it has none; -1: one of them is not the author's, not complete
 * or used. */
enum pal_code attach_all(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                         const size_t *which, size_t n, int64_t *attached,
                         struct pal_error *err) PAL_MUST_USE;
/* Gives back the files of messages that were not stored after all. */
enum pal_code attach_settle(struct pal_db *db, struct pal_arena *arena, const struct posted *out,
                            const size_t *which, size_t n, const int64_t *attached,
                            struct pal_error *err) PAL_MUST_USE;

/* Whether a message of the viewer could have them now; they are locked. */
enum pal_code attach_usable(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            const int64_t *files, size_t n, bool *usable,
                            struct pal_error *err) PAL_MUST_USE;

#endif
