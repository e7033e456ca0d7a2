/* The end of every way to sign in: a session, its first tokens, the answer. */
#ifndef AUTH_HANDLERS_SIGNING_IN_H
#define AUTH_HANDLERS_SIGNING_IN_H

#include "service/service.h"
#include "store/account.h"

/* Opens a session for the account and replies. PAL_NOT_FOUND without c->err when the account
 * changed meanwhile. */
enum pal_code signing_in_open(struct pal_call *c, const struct account *a) PAL_MUST_USE;

/* Replies with an access token for a session that is open already, and this refresh token. */
enum pal_code signing_in_reply(struct pal_call *c, const struct account *a, uint64_t session,
                               const char *refresh) PAL_MUST_USE;

/* user.banned when the account is. */
enum pal_code signing_in_banned(struct pal_call *c, int64_t banned_until_ms) PAL_MUST_USE;

#endif
