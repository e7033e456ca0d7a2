/* Password hashes: argon2id (RFC 9106). The only file that includes argon2.h. A hasher bounds how
 * many hashes run at once, because each takes its memory. Any thread. */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct password_params {
    uint32_t memory_kib, time, lanes;
};

enum { PASSWORD_HASH_MAX = 160 }; /* encoded, with its NUL */

struct password_hasher;

/* parallel: hashes at once, 0: as many as there are processors. Computes one hash, which stands in
 * for users that do not exist. */
enum pal_code password_hasher_new(const struct password_params *params, unsigned parallel,
                                  struct password_hasher **out, struct pal_error *err) PAL_MUST_USE;
void password_hasher_free(struct password_hasher *h); /* NULL allowed */

/* Hashes with a new salt. password is at most PASSWORD_MAX_BYTES long. Blocks while too many run.
 */
enum pal_code password_hash(struct password_hasher *h, struct pal_str password,
                            char out[PASSWORD_HASH_MAX], struct pal_error *err) PAL_MUST_USE;

/* *match tells whether it is the password. encoded NULL: the user does not exist: takes the time of
 * a user who does, and does not match. An error means that it could not be found out. */
enum pal_code password_verify(struct password_hasher *h, const char *encoded,
                              struct pal_str password, bool *match,
                              struct pal_error *err) PAL_MUST_USE;

/* The hash was made with less than the parameters of today. */
bool password_outdated(const struct password_hasher *h, const char *encoded);

#endif
