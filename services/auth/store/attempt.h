/* Counts of failed sign-ins. Keys are hashes: neither names nor addresses are stored. */
#ifndef AUTH_STORE_ATTEMPT_H
#define AUTH_STORE_ATTEMPT_H

#include "db/db.h"
#include "domain/throttle.h"

enum { ATTEMPT_KEY_BYTES = 16 };

struct attempt_keys {
    uint8_t of[THROTTLE_KINDS][ATTEMPT_KEY_BYTES];
};

enum pal_code attempt_store_get(struct pal_db *db, struct pal_arena *arena,
                                const struct attempt_keys *keys,
                                struct throttle_count out[THROTTLE_KINDS],
                                struct pal_error *err) PAL_MUST_USE;
/* One failure more under each key; old ones count half after each half-life of quiet. */
enum pal_code attempt_store_fail(struct pal_db *db, struct pal_arena *arena,
                                 const struct attempt_keys *keys,
                                 struct pal_error *err) PAL_MUST_USE;
/* A success: forgets the failures of this account from this network. */
enum pal_code attempt_store_forget(struct pal_db *db, struct pal_arena *arena,
                                   const struct attempt_keys *keys,
                                   struct pal_error *err) PAL_MUST_USE;
/* Removes what has been quiet for a day. */
enum pal_code attempt_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
