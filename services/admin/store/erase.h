/* Users who were erased: what admin has of them. */
#ifndef ADMIN_STORE_ERASE_H
#define ADMIN_STORE_ERASE_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

/* Names in the log. */
enum pal_code erase_store_account(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                  struct pal_str username, struct pal_error *err) PAL_MUST_USE;
/* What reports quote of him. */
enum pal_code erase_store_reported(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                   struct pal_error *err) PAL_MUST_USE;

#endif
