/* Sessions that ended before their access tokens did: refused although the token is still good.
 * Entries are forgotten when no token of theirs can be valid any more. Owned by one thread. */
#ifndef PAL_FRONT_REVOCATIONS_H
#define PAL_FRONT_REVOCATIONS_H

#include "base/map.h"
#include "base/str.h"
#include "token/token.h"

#include <stdbool.h>
#include <stdint.h>

struct pal_revocations {
    struct pal_map sessions; /* session id -> wall clock ms of the revocation */
    struct pal_map users;    /* user id -> tokens issued up to then are refused */
};

void pal_revocations_init(struct pal_revocations *r);
void pal_revocations_fini(struct pal_revocations *r);

/* session 0: all sessions of the user that were there at at_ms. */
void pal_revocations_add(struct pal_revocations *r, uint64_t user, uint64_t session, int64_t at_ms);
bool pal_revocations_admit(const struct pal_revocations *r, const struct pal_claims *claims);
/* Forgets what is older than keep_ms (the life of an access token and the clock skew). */
void pal_revocations_expire(struct pal_revocations *r, int64_t now_ms, int64_t keep_ms);

/* The body of the event session.revoked, received at now_ms; false: not such a body. */
bool pal_revocations_event(struct pal_revocations *r, struct pal_str body, int64_t now_ms);
/* The reply of the command session.revoked: {"items":[{"session_id","user_id","at"}…]}. */
bool pal_revocations_load(struct pal_revocations *r, struct pal_str reply);

#endif
