/* Who may change what of whom. */
#include "domain/roles.h"

#include "proto/types.h"

bool role_may_invite(int caller, int invited)
{
    return caller >= PAL_ROLE_MODERATOR && caller <= PAL_ROLE_ADMIN && invited >= PAL_ROLE_MEMBER &&
           invited <= caller;
}

bool user_change_costs_admin(const struct user_change *c)
{
    return c->old_role == PAL_ROLE_ADMIN && c->was_active &&
           (c->new_role != PAL_ROLE_ADMIN || !c->is_active);
}

enum change_verdict user_change_check(const struct user_change *c)
{
    bool admin = c->caller_role == PAL_ROLE_ADMIN;
    bool activates = c->is_active && !c->was_active;
    if ((c->profile || c->secret) && !c->self)
        return CHANGE_DENIED;
    if (c->new_role != c->old_role && !admin)
        return CHANGE_DENIED;
    if (c->is_active != c->was_active && !admin && (!c->self || activates))
        return CHANGE_DENIED;
    if (user_change_costs_admin(c) && c->other_admins == 0)
        return CHANGE_LAST_ADMIN;
    return c->secret && !c->knows_password ? CHANGE_NEEDS_PASSWORD : CHANGE_ALLOWED;
}

bool user_erasure_costs_admin(const struct user_erasure *e)
{
    return e->role == PAL_ROLE_ADMIN && e->is_active;
}

enum change_verdict user_erasure_check(const struct user_erasure *e)
{
    if (!e->self && e->caller_role != PAL_ROLE_ADMIN)
        return CHANGE_DENIED;
    if (user_erasure_costs_admin(e) && e->other_admins == 0)
        return CHANGE_LAST_ADMIN;
    return e->self && !e->knows_password ? CHANGE_NEEDS_PASSWORD : CHANGE_ALLOWED;
}
