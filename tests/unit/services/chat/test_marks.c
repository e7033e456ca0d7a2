#include "domain/marks.h"

#include <criterion/criterion.h>

static struct standing member(void)
{
    return (struct standing){.exists = true,
                             .type = CHANNEL_PUBLIC,
                             .in_channel = IN_CHANNEL_MEMBER,
                             .role = PAL_ROLE_MEMBER};
}

Test(may_react, who_is_a_member)
{
    struct standing s = member();
    cr_assert_eq(may_react(&s, false), ALLOWED);
    cr_assert_eq(may_take_back(&s), ALLOWED);
    s.in_channel = IN_CHANNEL_NONE;
    cr_assert_eq(may_react(&s, false), NOT_MEMBER);
    cr_assert_eq(may_take_back(&s), NOT_MEMBER);
    s.type = CHANNEL_PRIVATE;
    cr_assert_eq(may_react(&s, false), CHANNEL_UNSEEN);
    cr_assert_eq(may_take_back(&s), CHANNEL_UNSEEN);
}

Test(may_react, nobody_in_an_archived_channel_or_to_a_deleted_message)
{
    struct standing s = member();
    cr_assert_eq(may_react(&s, true), MESSAGE_DELETED);
    s.archived = true;
    cr_assert_eq(may_react(&s, false), ARCHIVED);
    cr_assert_eq(may_take_back(&s), ARCHIVED);
}

Test(may_react, the_muted_take_back_only)
{
    struct standing s = member();
    s.muted = true;
    cr_assert_eq(may_react(&s, false), MUTED);
    cr_assert_eq(may_take_back(&s), ALLOWED);
}

Test(reaction_fits, as_one_more_or_as_one_of_those_there)
{
    cr_assert(reaction_fits(REACTION_KINDS_MAX - 1, false));
    cr_assert_not(reaction_fits(REACTION_KINDS_MAX, false));
    cr_assert(reaction_fits(REACTION_KINDS_MAX, true));
}

Test(may_pin, members_of_a_living_channel_who_are_not_muted)
{
    struct standing s = member();
    cr_assert_eq(may_pin(&s, false), ALLOWED);
    cr_assert_eq(may_pin(&s, true), MESSAGE_DELETED);
    cr_assert_eq(may_unpin(&s), ALLOWED);
    s.muted = true;
    cr_assert_eq(may_pin(&s, false), MUTED);
    cr_assert_eq(may_unpin(&s), MUTED);
    s.archived = true;
    cr_assert_eq(may_pin(&s, false), ARCHIVED);
    s.in_channel = IN_CHANNEL_NONE;
    cr_assert_eq(may_unpin(&s), NOT_MEMBER);
}

Test(may_pin, only_who_manages_the_channel_when_it_says_so)
{
    struct standing s = member();
    s.permissions = permission_with(0, DO_PIN, IN_CHANNEL_MODERATOR);
    cr_assert_eq(may_pin(&s, false), NOT_PERMITTED);
    cr_assert_eq(may_unpin(&s), NOT_PERMITTED);
    s.in_channel = IN_CHANNEL_MODERATOR;
    cr_assert_eq(may_pin(&s, false), ALLOWED);
}

Test(may_react, only_who_the_channels_permissions_let)
{
    struct standing s = member();
    s.permissions = permission_with(0, DO_REACT, IN_CHANNEL_MODERATOR);
    cr_assert_eq(may_react(&s, true), NOT_PERMITTED);
    cr_assert_eq(may_take_back(&s), ALLOWED);
    s.in_channel = IN_CHANNEL_MODERATOR;
    cr_assert_eq(may_react(&s, true), MESSAGE_DELETED);
}

Test(may_delete_emoji, its_maker_and_moderators)
{
    cr_assert(may_delete_emoji(true, PAL_ROLE_MEMBER));
    cr_assert(may_delete_emoji(false, PAL_ROLE_MODERATOR));
    cr_assert_not(may_delete_emoji(false, PAL_ROLE_MEMBER));
}
