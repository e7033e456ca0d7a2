/* Rules of moderation. Pure: no I/O, no clock. */
#include "domain/moderation.h"

enum moderation_verdict may_moderate(uint64_t actor, enum pal_role actor_role, uint64_t target,
                                     enum pal_role target_role)
{
    if (actor == target)
        return MODERATION_SELF;
    if (actor_role >= PAL_ROLE_ADMIN)
        return MODERATION_ALLOWED;
    return actor_role > target_role ? MODERATION_ALLOWED : MODERATION_RANK;
}

bool action_costs_admin(struct pal_str action_type, enum pal_role target_role)
{
    return target_role == PAL_ROLE_ADMIN && pal_str_eq(action_type, PAL_STR("ban"));
}

bool duration_allowed(struct pal_str action_type, bool has_duration)
{
    return !has_duration || !pal_str_eq(action_type, PAL_STR("warning"));
}

int64_t moderation_expiry(int64_t now_ms, int64_t duration_s)
{
    return duration_s > 0 ? now_ms + duration_s * 1000 : 0;
}
