/* SQL of the sweep: what lies in the storage and nothing refers to. */
#ifndef CHAT_STORE_SWEEP_H
#define CHAT_STORE_SWEEP_H

#include "base/arena.h"
#include "db/db.h"

/* A place of the storage that is due, and the location up to which it was looked at. */
struct sweep_task {
    struct pal_str place, after; /* place "": nothing is due */
};

/* Nobody else gets it for some minutes. */
enum pal_code sweep_store_claim(struct pal_db *db, struct pal_arena *arena, struct sweep_task *out,
                                struct pal_error *err) PAL_MUST_USE;
/* Those of the locations that no blob and no upload under way has are dropped: *n of them. files:
 * the ids that stand in them. */
enum pal_code sweep_store_drop(struct pal_db *db, struct pal_arena *arena,
                               const struct pal_str *locations, const struct pal_str *files,
                               size_t count, int64_t *n, struct pal_error *err) PAL_MUST_USE;
/* It was looked at up to `after`; "": to its end, and the next look is tomorrow. */
enum pal_code sweep_store_next(struct pal_db *db, struct pal_arena *arena, struct pal_str place,
                               struct pal_str after, struct pal_error *err) PAL_MUST_USE;

#endif
