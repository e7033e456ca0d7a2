/* What the handlers share: who calls, may he, and telling the channel what was appended to its log.
 */
#ifndef CHAT_HANDLERS_GATE_H
#define CHAT_HANDLERS_GATE_H

#include "service/service.h"
#include "store/channel.h"

struct viewer gate_viewer(const struct pal_call *c);
uint64_t gate_id(const struct pal_call *c, const char *field);

/* What the caller is to the channel. */
enum pal_code gate_look(struct pal_call *c, uint64_t channel, struct place *out) PAL_MUST_USE;
/* The same with the channel's head locked, for calls that append to its log. */
enum pal_code gate_lock(struct pal_call *c, uint64_t channel, struct place *out) PAL_MUST_USE;

/* PAL_OK for ALLOWED, else fails the call. */
enum pal_code gate_check(struct pal_call *c, enum verdict v,
                         const struct place *place) PAL_MUST_USE;
/* The same where a message was asked for: what cannot be seen is message.not_found. */
enum pal_code gate_check_message(struct pal_call *c, enum verdict v,
                                 const struct place *place) PAL_MUST_USE;

/* Publishes, after the commit, what was appended; nothing when nothing was. user: whom the event is
 * about. */
enum pal_code gate_tell(struct pal_call *c, const struct pal_event *ev, uint64_t user,
                        uint64_t channel, const struct logged *e) PAL_MUST_USE;

/* limit and cursor (a decimal id) of a list. */
enum pal_code gate_cursor(struct pal_call *c, uint64_t *after) PAL_MUST_USE;

#endif
