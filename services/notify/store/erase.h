/* Users who were erased: their names go out of the texts, a share at a time. */
#ifndef NOTIFY_STORE_ERASE_H
#define NOTIFY_STORE_ERASE_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

enum pal_code erase_store_begin(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                uint64_t org, struct pal_str username,
                                struct pal_error *err) PAL_MUST_USE;
enum pal_code erase_store_step(struct pal_db *db, struct pal_arena *arena,
                               struct pal_error *err) PAL_MUST_USE;

/* One column: 0 when there is something to do, null otherwise. */
extern const struct pal_statement *const erase_look;

#endif
