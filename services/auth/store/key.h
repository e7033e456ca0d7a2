/* Signing keys. */
#ifndef AUTH_STORE_KEY_H
#define AUTH_STORE_KEY_H

#include "db/db.h"
#include "domain/key_times.h"

enum {
    KEY_STORE_MAX = 16
}; /* keys that are read; rotating more often than tokens live long is not useful */

struct key_row {
    struct pal_str kid;
    struct pal_str sealed; /* private key */
    struct key_times times;
};

/* Of all replicas and commands one at a time goes on, until its transaction ends. */
enum pal_code key_store_lock(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;
/* Those not retired, newest first; *rows is in the arena. */
enum pal_code key_store_list(struct pal_db *db, struct pal_arena *arena, struct key_row **rows,
                             size_t *n, struct pal_error *err) PAL_MUST_USE;
enum pal_code key_store_insert(struct pal_db *db, struct pal_arena *arena,
                               const struct key_row *key, struct pal_str jwk,
                               struct pal_error *err) PAL_MUST_USE;
/* Sets the end of all keys but kid that have none. */
enum pal_code key_store_retire_others(struct pal_db *db, struct pal_arena *arena,
                                      struct pal_str kid, int64_t retires_ms,
                                      struct pal_error *err) PAL_MUST_USE;
/* {"keys":[…]} of those not retired. */
enum pal_code key_store_jwks(struct pal_db *db, struct pal_arena *arena, struct pal_str *json,
                             struct pal_error *err) PAL_MUST_USE;
/* Removes those retired for a day. */
enum pal_code key_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
