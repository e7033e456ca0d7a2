/* The signing keys of this process: opened from the database, read again every few seconds, so that
 * a rotation by another process is followed. Any thread. */
#ifndef AUTH_KEYRING_H
#define AUTH_KEYRING_H

#include "db/db.h"
#include "token/token.h"

struct keyring;

/* secret: PALIQUE_AUTH_KEY_SECRET. */
enum pal_code keyring_new(struct pal_str secret, struct keyring **out,
                          struct pal_error *err) PAL_MUST_USE;
void keyring_free(struct keyring *k); /* NULL allowed */

/* Opens and commits a transaction of its own: makes the first key when there is none, reads them.
 */
enum pal_code keyring_open(struct keyring *k, struct pal_db *db, int64_t now_ms,
                           struct pal_error *err) PAL_MUST_USE;

/* Makes a new key that takes over after KEY_ACTIVATION_MS, and sets the end of the others so that
 * no token that they signed dies early. A transaction of its own. */
enum pal_code keyring_rotate(struct keyring *k, struct pal_db *db, int64_t now_ms,
                             int64_t access_ttl_ms, struct pal_error *err) PAL_MUST_USE;

/* Signs with the key of the hour. May read the keys again through db. */
enum pal_code keyring_sign(struct keyring *k, struct pal_db *db, const struct pal_claims *claims,
                           int64_t now_ms, struct pal_arena *arena, struct pal_str *out,
                           struct pal_error *err) PAL_MUST_USE;

#endif
