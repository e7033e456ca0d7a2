/* What a user of an organisation finds from the start. */
#ifndef CHAT_HANDLERS_WELCOME_H
#define CHAT_HANDLERS_WELCOME_H

#include "service/service.h"

/* In the transaction that learns of a new user (the body of user.created): he joins the channel
 * that everybody is in. The first administrator of an organisation that has no channels yet makes
 * it. */
enum pal_code welcome(struct pal_call *c, const json_t *user) PAL_MUST_USE;

#endif
