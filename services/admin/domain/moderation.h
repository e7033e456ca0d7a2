/* Who may moderate whom, and until when. Pure. */
#ifndef ADMIN_DOMAIN_MODERATION_H
#define ADMIN_DOMAIN_MODERATION_H

#include "base/str.h"
#include "proto/types.h"

#include <stdbool.h>
#include <stdint.h>

enum moderation_verdict { MODERATION_ALLOWED, MODERATION_SELF, MODERATION_RANK };

/* Nobody moderates themselves; moderators act on members, administrators on everyone else. */
enum moderation_verdict may_moderate(uint64_t actor, enum pal_role actor_role, uint64_t target,
                                     enum pal_role target_role);

/* Does the action take an administrator's power away? Then another one has to be left. */
bool action_costs_admin(struct pal_str action_type, enum pal_role target_role);

/* A warning is a message, not a state: it takes no duration. */
bool duration_allowed(struct pal_str action_type, bool has_duration);

/* Wall clock in ms at which the action ends; 0: it has no end of its own. duration_s: 0 for none.
 */
int64_t moderation_expiry(int64_t now_ms, int64_t duration_s);

#endif
