/* Telling what has become of a channel: its members by its log, the organisation beside it. */
#ifndef CHAT_HANDLERS_TELL_H
#define CHAT_HANDLERS_TELL_H

#include "handlers/gate.h"

/* Appends channel.created or channel.updated with the channel as it is now, and tells its members.
 */
enum pal_code tell_channel(struct pal_call *c, uint64_t channel, bool created) PAL_MUST_USE;
/* To the whole organisation, so that lists of channels are up to date; private channels are not
 * announced. */
enum pal_code tell_organization(struct pal_call *c, uint64_t channel) PAL_MUST_USE;
/* To the whole organisation: the channel is for its members only from now on, or gone. */
enum pal_code tell_withdrawn(struct pal_call *c, uint64_t channel) PAL_MUST_USE;

#endif
