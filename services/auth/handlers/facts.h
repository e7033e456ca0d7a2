/* Facts that several handlers tell the others of, through the event log. Inside the call's
 * transaction. */
#ifndef AUTH_HANDLERS_FACTS_H
#define AUTH_HANDLERS_FACTS_H

#include "service/service.h"

/* The user as it is now. */
enum pal_code fact_user_created(struct pal_call *c, uint64_t org, uint64_t user) PAL_MUST_USE;
enum pal_code fact_user_updated(struct pal_call *c, uint64_t org, uint64_t user) PAL_MUST_USE;
enum pal_code fact_user_deactivated(struct pal_call *c, uint64_t org, uint64_t user) PAL_MUST_USE;
enum pal_code fact_email_changed(struct pal_call *c, uint64_t org, uint64_t user,
                                 struct pal_str email) PAL_MUST_USE;

/* session 0: all of the user's. */
enum pal_code fact_session_revoked(struct pal_call *c, uint64_t org, uint64_t user,
                                   uint64_t session, const char *reason) PAL_MUST_USE;
/* Ends all sessions of the user but `except` (0: all) and tells of each, so that one opened a
 * moment later is not taken for one of them. What keeps new ones from opening must be stored
 * before. */
enum pal_code fact_sessions_end(struct pal_call *c, uint64_t org, uint64_t user, uint64_t except,
                                const char *reason) PAL_MUST_USE;

enum pal_code fact_organization(struct pal_call *c, const struct pal_event *ev,
                                uint64_t org) PAL_MUST_USE;

/* The copies that chat, notify and admin keep are there when the client gets its answer. */
void fact_await(struct pal_call *c);

#endif
