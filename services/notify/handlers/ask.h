/* What notify asks chat for. */
#ifndef NOTIFY_HANDLERS_ASK_H
#define NOTIFY_HANDLERS_ASK_H

#include "service/service.h"

/* Asks chat and gives its reply, which the caller frees; a refusal of chat's becomes the reply of
 * this call (then *out is NULL). */
enum pal_code ask_chat(struct pal_call *c, uint16_t command, struct pal_str body, uint64_t channel,
                       json_t **out) PAL_MUST_USE;

/* session.open of the channel: the caller is in it, or is refused. */
enum pal_code ask_membership(struct pal_call *c, uint64_t channel, json_t **out) PAL_MUST_USE;

#endif
