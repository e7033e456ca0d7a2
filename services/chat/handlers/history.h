/* A page of a channel's history, for the commands that answer one. */
#ifndef CHAT_HANDLERS_HISTORY_H
#define CHAT_HANDLERS_HISTORY_H

#include "service/service.h"

/* By limit, before, after and around of the request; who may read has been decided. */
enum pal_code history_reply(struct pal_call *c, uint64_t channel) PAL_MUST_USE;

#endif
