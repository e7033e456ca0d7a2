/* The rules of moderation. */
#include "domain/moderation.h"

#include <criterion/criterion.h>

Test(may_moderate, nobody_moderates_themselves)
{
    cr_assert_eq(may_moderate(1, PAL_ROLE_ADMIN, 1, PAL_ROLE_ADMIN), MODERATION_SELF);
}

Test(may_moderate, moderators_act_on_members_only)
{
    cr_assert_eq(may_moderate(1, PAL_ROLE_MODERATOR, 2, PAL_ROLE_MEMBER), MODERATION_ALLOWED);
    cr_assert_eq(may_moderate(1, PAL_ROLE_MODERATOR, 2, PAL_ROLE_MODERATOR), MODERATION_RANK);
    cr_assert_eq(may_moderate(1, PAL_ROLE_MODERATOR, 2, PAL_ROLE_ADMIN), MODERATION_RANK);
}

Test(may_moderate, administrators_act_on_everyone_else)
{
    cr_assert_eq(may_moderate(1, PAL_ROLE_ADMIN, 2, PAL_ROLE_ADMIN), MODERATION_ALLOWED);
    cr_assert_eq(may_moderate(1, PAL_ROLE_ADMIN, 2, PAL_ROLE_MEMBER), MODERATION_ALLOWED);
}

Test(duration, a_warning_has_none)
{
    cr_assert(duration_allowed(PAL_STR("mute"), true));
    cr_assert(duration_allowed(PAL_STR("warning"), false));
    cr_assert_not(duration_allowed(PAL_STR("warning"), true));
}

Test(duration, without_one_there_is_no_end)
{
    cr_assert_eq(moderation_expiry(1000, 0), 0);
    cr_assert_eq(moderation_expiry(1000, 60), 61000);
}

Test(costs_admin, only_the_ban_of_an_administrator_does)
{
    cr_assert(action_costs_admin(PAL_STR("ban"), PAL_ROLE_ADMIN));
    cr_assert_not(action_costs_admin(PAL_STR("ban"), PAL_ROLE_MODERATOR));
    cr_assert_not(action_costs_admin(PAL_STR("mute"), PAL_ROLE_ADMIN));
}
