/* New messages, stored as runs: many in one row. */
#ifndef NOTIFY_STORE_RUN_H
#define NOTIFY_STORE_RUN_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

enum {
    RUN_MAX = 32
}; /* messages: a row of them stays below what PostgreSQL would move elsewhere */

/* Messages of one channel, in the order of their ids. All arrays have n elements. */
struct run {
    uint64_t org, channel;
    struct pal_str en, es; /* formats with the place %s for the name */
    size_t n;
    int64_t ids[RUN_MAX], seqs[RUN_MAX], actors[RUN_MAX], messages[RUN_MAX], times[RUN_MAX];
    struct pal_str usernames[RUN_MAX];
};
enum pal_code runs_insert(struct pal_db *db, struct pal_arena *arena, const struct run *const *runs,
                          size_t n, struct pal_error *err) PAL_MUST_USE;

/* Takes the delivery lock and n ids; *first is the first of them. */
enum pal_code notification_ids(struct pal_db *db, struct pal_arena *arena, size_t n, int64_t *first,
                               struct pal_error *err) PAL_MUST_USE;

/* Names of n channels in names[0…n), in the arena; empty where there is none. heard[i]: a member of
 * it has keywords. */
enum pal_code channels_look(struct pal_db *db, struct pal_arena *arena, const int64_t *channels,
                            size_t n, struct pal_str *names, bool *heard,
                            struct pal_error *err) PAL_MUST_USE;

#endif
