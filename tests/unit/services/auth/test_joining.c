#include "domain/joining.h"
#include "proto/types.h"

#include <criterion/criterion.h>

Test(joining, the_first_user_founds_an_organisation)
{
    struct joining j = joining_decide(&(struct joining_facts){.empty = true});
    cr_assert_eq(j.way, JOIN_FOUND);
    cr_assert_eq(j.role, PAL_ROLE_ADMIN);
    cr_assert_eq(j.org, 0);
}

Test(joining, an_invitation_comes_before_everything_else)
{
    struct joining_facts f = {.has_invitation = true,
                              .invited_to = 7,
                              .invited_role = PAL_ROLE_MODERATOR,
                              .domain_owner = 9,
                              .domain_join = true,
                              .names_organization = true,
                              .open_organizations = true};
    struct joining j = joining_decide(&f);
    cr_assert_eq(j.way, JOIN_INVITED);
    cr_assert_eq(j.org, 7);
    cr_assert_eq(j.role, PAL_ROLE_MODERATOR);
}

Test(joining, an_invitation_that_does_not_work_is_not_passed_over)
{
    struct joining_facts f = {.has_invitation = true, .domain_owner = 9, .domain_join = true};
    cr_assert_eq(joining_decide(&f).way, JOIN_BAD_INVITATION);
}

Test(joining, the_domain_of_the_address_joins_as_member)
{
    struct joining_facts f = {.domain_owner = 9,
                              .domain_join = true,
                              .names_organization = true,
                              .open_organizations = true};
    struct joining j = joining_decide(&f);
    cr_assert_eq(j.way, JOIN_BY_DOMAIN);
    cr_assert_eq(j.org, 9);
    cr_assert_eq(j.role, PAL_ROLE_MEMBER);
}

Test(joining, by_domain_can_be_switched_off)
{
    struct joining_facts f = {.domain_owner = 9, .domain_join = false};
    cr_assert_eq(joining_decide(&f).way, JOIN_CLOSED);
}

Test(joining, naming_a_new_organisation_founds_it_where_that_is_open)
{
    struct joining_facts f = {.names_organization = true, .open_organizations = true};
    cr_assert_eq(joining_decide(&f).way, JOIN_FOUND);
    f.open_organizations = false;
    cr_assert_eq(joining_decide(&f).way, JOIN_CLOSED);
    f = (struct joining_facts){.open_organizations = true};
    cr_assert_eq(joining_decide(&f).way, JOIN_CLOSED);
}

Test(joining, a_domain_is_claimed_once_and_never_a_public_one)
{
    cr_assert(joining_claims_domain(PAL_STR("empresa.com"), false));
    cr_assert_not(joining_claims_domain(PAL_STR("empresa.com"), true));
    cr_assert_not(joining_claims_domain(PAL_STR("gmail.com"), false));
}
