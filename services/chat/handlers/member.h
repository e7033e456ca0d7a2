/* Taking somebody out of a channel. */
#ifndef CHAT_HANDLERS_MEMBER_H
#define CHAT_HANDLERS_MEMBER_H

#include "handlers/gate.h"

/* Of a channel whose head is locked; tells it, and finds it another owner. */
enum pal_code member_take_out(struct pal_call *c, uint64_t channel, uint64_t user,
                              const struct place *place) PAL_MUST_USE;

#endif
