/* Erasing an account: the work is the function account_erase of the schema. */
#ifndef AUTH_STORE_ERASE_H
#define AUTH_STORE_ERASE_H

#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* *fresh: it was not so before; name: what the account is called from now on, in the arena. */
enum pal_code erase_store_account(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                  bool remove_content, bool *fresh, struct pal_str *name,
                                  struct pal_error *err) PAL_MUST_USE;

#endif
