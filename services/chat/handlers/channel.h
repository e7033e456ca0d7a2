/* Making a channel, by whoever asks for it. */
#ifndef CHAT_HANDLERS_CHANNEL_H
#define CHAT_HANDLERS_CHANNEL_H

#include "service/service.h"
#include "store/channel.h"

/* Its owner is the caller; told to those concerned. PAL_CONFLICT: the name is taken. */
enum pal_code channel_open(struct pal_call *c, const struct channel_texts *t,
                           uint64_t *channel) PAL_MUST_USE;

#endif
