/* Brute-force defence around the verification of a password: domain/throttle.h says when, here it
 * is asked and counted. */
#ifndef AUTH_HANDLERS_THROTTLING_H
#define AUTH_HANDLERS_THROTTLING_H

#include "service/service.h"
#include "store/attempt.h"

/* name: of the account as it was asked for, whether there is one or not; space: what kind of name.
 */
struct attempt_keys throttling_keys(const struct pal_call *c, const char *space,
                                    struct pal_str name);

/* login.throttled when it is too early. account 0: there is none. */
enum pal_code throttling_admit(struct pal_call *c, const struct attempt_keys *keys,
                               uint64_t account) PAL_MUST_USE;

/* Text of the caller's address in buf, NULL when it is not known. */
const char *throttling_address(const struct pal_call *c, char buf[46]);

#endif
