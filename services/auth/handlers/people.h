/* What many handlers begin with: who is calling and whom it is about. The role in a token can be
 * minutes old; here it is read from the database. */
#ifndef AUTH_HANDLERS_PEOPLE_H
#define AUTH_HANDLERS_PEOPLE_H

#include "service/service.h"
#include "store/account.h"

/* The caller's own account; token.invalid when it is not active any more. */
enum pal_code people_caller(struct pal_call *c, struct account *me) PAL_MUST_USE;

/* The user of the request's user_id; user.not_found when it is not of the caller's organisation. */
enum pal_code people_target(struct pal_call *c, const struct account *me,
                            struct account *user) PAL_MUST_USE;

/* The user of user_id, who must be the caller: access.denied for others of the organisation. */
enum pal_code people_self(struct pal_call *c, struct account *me) PAL_MUST_USE;

/* Replies with the user as the caller may see it. */
enum pal_code people_reply(struct pal_call *c, const struct account *me,
                           uint64_t user) PAL_MUST_USE;

/* One wrong field of the request. */
enum pal_code people_invalid(struct pal_call *c, const char *pointer, const char *why) PAL_MUST_USE;

/* A username that somebody chooses. */
enum pal_code people_username(struct pal_call *c, struct pal_str name) PAL_MUST_USE;

#endif
