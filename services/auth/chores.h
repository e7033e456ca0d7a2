/* Work in the background: what has ended is removed. */
#ifndef AUTH_CHORES_H
#define AUTH_CHORES_H

#include "service/service.h"

pal_handler_fn chore_sessions; /* sessions that ended, with their refresh tokens */
pal_handler_fn chore_attempts; /* failures that nobody remembers */
pal_handler_fn chore_records;  /* event log, idempotency keys, invitations, bans, e-mail, keys */

#endif
