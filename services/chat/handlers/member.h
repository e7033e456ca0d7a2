/* Taking somebody into a channel, and out of it. */
#ifndef CHAT_HANDLERS_MEMBER_H
#define CHAT_HANDLERS_MEMBER_H

#include "handlers/gate.h"
#include "store/member.h"

/* Who is not in it yet; the head of the channel is locked, or the channel is new. */
enum pal_code member_take_in(struct pal_call *c, const struct newcomer *n) PAL_MUST_USE;

/* Of a channel whose head is locked; tells it, and finds it another owner. */
enum pal_code member_take_out(struct pal_call *c, uint64_t channel, uint64_t user,
                              const struct place *place) PAL_MUST_USE;

#endif
