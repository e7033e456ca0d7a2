#include "domain/roles.h"
#include "proto/types.h"

#include <criterion/criterion.h>

/* A member who changes nothing of somebody else. */
static struct user_change change(int caller, bool self)
{
    return (struct user_change){.self = self,
                                .caller_role = caller,
                                .old_role = PAL_ROLE_MEMBER,
                                .new_role = PAL_ROLE_MEMBER,
                                .was_active = true,
                                .is_active = true,
                                .other_admins = 1};
}

Test(roles, nobody_invites_above_the_own_role)
{
    cr_assert(role_may_invite(PAL_ROLE_ADMIN, PAL_ROLE_ADMIN));
    cr_assert(role_may_invite(PAL_ROLE_MODERATOR, PAL_ROLE_MODERATOR));
    cr_assert_not(role_may_invite(PAL_ROLE_MODERATOR, PAL_ROLE_ADMIN));
    cr_assert_not(role_may_invite(PAL_ROLE_MEMBER, PAL_ROLE_MEMBER));
    cr_assert_not(role_may_invite(PAL_ROLE_ADMIN, PAL_ROLE_NONE));
    cr_assert_not(role_may_invite(PAL_ROLE_SERVICE, PAL_ROLE_MEMBER));
}

Test(roles, a_profile_is_its_owners)
{
    struct user_change c = change(PAL_ROLE_MEMBER, true);
    c.profile = true;
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
    c = change(PAL_ROLE_ADMIN, false);
    c.profile = true;
    cr_assert_eq(user_change_check(&c), CHANGE_DENIED);
    c.profile = false;
    c.secret = c.knows_password = true;
    cr_assert_eq(user_change_check(&c), CHANGE_DENIED);
}

Test(roles, address_and_password_need_the_current_password)
{
    struct user_change c = change(PAL_ROLE_MEMBER, true);
    c.secret = true;
    cr_assert_eq(user_change_check(&c), CHANGE_NEEDS_PASSWORD);
    c.knows_password = true;
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
}

Test(roles, administrators_give_roles)
{
    struct user_change c = change(PAL_ROLE_ADMIN, false);
    c.new_role = PAL_ROLE_MODERATOR;
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
    c.caller_role = PAL_ROLE_MODERATOR;
    cr_assert_eq(user_change_check(&c), CHANGE_DENIED);
    c.self = true;
    cr_assert_eq(user_change_check(&c), CHANGE_DENIED);
}

Test(roles, people_leave_by_themselves_but_do_not_come_back_alone)
{
    struct user_change c = change(PAL_ROLE_MEMBER, true);
    c.is_active = false;
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
    c.self = false;
    cr_assert_eq(user_change_check(&c), CHANGE_DENIED);
    c = change(PAL_ROLE_MEMBER, true);
    c.was_active = false;
    cr_assert_eq(user_change_check(&c), CHANGE_DENIED);
    c = change(PAL_ROLE_ADMIN, false);
    c.was_active = false;
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
}

Test(roles, an_organisation_keeps_an_administrator)
{
    struct user_change c = change(PAL_ROLE_ADMIN, true);
    c.old_role = PAL_ROLE_ADMIN;
    c.new_role = PAL_ROLE_MEMBER;
    c.other_admins = 0;
    cr_assert(user_change_costs_admin(&c));
    cr_assert_eq(user_change_check(&c), CHANGE_LAST_ADMIN);
    c.other_admins = 1;
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
    c.new_role = PAL_ROLE_ADMIN;
    cr_assert_not(user_change_costs_admin(&c));
    c.is_active = false;
    c.other_admins = 0;
    cr_assert_eq(user_change_check(&c), CHANGE_LAST_ADMIN);
}

Test(roles, a_deactivated_administrator_costs_nothing)
{
    struct user_change c = change(PAL_ROLE_ADMIN, false);
    c.old_role = PAL_ROLE_ADMIN;
    c.new_role = PAL_ROLE_MEMBER;
    c.was_active = c.is_active = false;
    c.other_admins = 0;
    cr_assert_not(user_change_costs_admin(&c));
    cr_assert_eq(user_change_check(&c), CHANGE_ALLOWED);
}

Test(roles, administrators_erase_others_and_everybody_himself_with_his_password)
{
    struct user_erasure e = {
        .caller_role = PAL_ROLE_MODERATOR, .role = PAL_ROLE_MEMBER, .is_active = true};
    cr_assert_eq(user_erasure_check(&e), CHANGE_DENIED);
    e.knows_password = true;
    cr_assert_eq(user_erasure_check(&e), CHANGE_DENIED);
    e.caller_role = PAL_ROLE_ADMIN;
    e.knows_password = false;
    cr_assert_eq(user_erasure_check(&e), CHANGE_ALLOWED);
    e.self = true;
    e.caller_role = PAL_ROLE_MEMBER;
    cr_assert_eq(user_erasure_check(&e), CHANGE_NEEDS_PASSWORD);
    e.knows_password = true;
    cr_assert_eq(user_erasure_check(&e), CHANGE_ALLOWED);
}

Test(roles, the_last_administrator_is_not_erased)
{
    struct user_erasure e = {.self = true,
                             .caller_role = PAL_ROLE_ADMIN,
                             .role = PAL_ROLE_ADMIN,
                             .is_active = true,
                             .knows_password = true};
    cr_assert(user_erasure_costs_admin(&e));
    cr_assert_eq(user_erasure_check(&e), CHANGE_LAST_ADMIN);
    e.other_admins = 1;
    cr_assert_eq(user_erasure_check(&e), CHANGE_ALLOWED);
    e = (struct user_erasure){.caller_role = PAL_ROLE_ADMIN, .role = PAL_ROLE_ADMIN};
    cr_assert_not(user_erasure_costs_admin(&e));
    cr_assert_eq(user_erasure_check(&e), CHANGE_ALLOWED);
}
