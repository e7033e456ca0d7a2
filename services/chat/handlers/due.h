/* Sending scheduled messages: by the clock (the chore send_due) or by their author. */
#ifndef CHAT_HANDLERS_DUE_H
#define CHAT_HANDLERS_DUE_H

#include "service/service.h"

/* Sends the caller's own one in the transaction of the call; a refusal fails the call. It is
 * locked. */
enum pal_code due_send_now(struct pal_call *c, uint64_t id) PAL_MUST_USE;

#endif
