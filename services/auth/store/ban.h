/* Bans that the admin service has told of. Applying one twice, or late, changes nothing. */
#ifndef AUTH_STORE_BAN_H
#define AUTH_STORE_BAN_H

#include "db/db.h"

#include <stdint.h>

/* until_ms INT64_MAX: until it is lifted. *org is the account's; 0: there is no such account. */
enum pal_code ban_store_apply(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                              uint64_t account, int64_t until_ms, uint64_t *org,
                              struct pal_error *err) PAL_MUST_USE;
enum pal_code ban_store_lift(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                             uint64_t account, struct pal_error *err) PAL_MUST_USE;
/* Removes those that have ended. */
enum pal_code ban_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
