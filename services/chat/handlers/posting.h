/* Posting one message inside the transaction of another command, by the rules of the writer. */
#ifndef CHAT_HANDLERS_POSTING_H
#define CHAT_HANDLERS_POSTING_H

#include "service/service.h"

/* Fails the call when its content cannot be a message. */
enum pal_code posting_check(struct pal_call *c) PAL_MUST_USE;
/* Posts content and client_id of the request to the channel and answers with the message. A repeat
 * is answered with the first one. */
enum pal_code posting_post(struct pal_call *c, uint64_t channel) PAL_MUST_USE;

#endif
