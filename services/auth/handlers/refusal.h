/* Refusals that must not undo what was written: a failure that was counted, a session that was
 * ended. */
#ifndef AUTH_HANDLERS_REFUSAL_H
#define AUTH_HANDLERS_REFUSAL_H

#include "service/service.h"

/* Answers with c->err, which pal_fail has set, and lets the transaction commit. */
enum pal_code refusal_kept(struct pal_call *c) PAL_MUST_USE;

#endif
