#include "domain/rules.h"

#include <criterion/criterion.h>

static const struct standing nowhere = {.exists = false};

/* A member of the organisation, in a public channel in the given role. */
static struct standing in_public(enum channel_role role)
{
    return (struct standing){
        .exists = true, .type = CHANNEL_PUBLIC, .in_channel = role, .role = PAL_ROLE_MEMBER};
}

static struct standing in_private(enum channel_role role)
{
    struct standing s = in_public(role);
    s.type = CHANNEL_PRIVATE;
    return s;
}

static struct standing as(struct standing s, enum pal_role role)
{
    s.role = role;
    return s;
}

static struct standing archived(struct standing s)
{
    s.archived = true;
    return s;
}

static struct standing muted(struct standing s)
{
    s.muted = true;
    return s;
}

#define CHECK(call, verdict) cr_assert_eq((call), (verdict))

Test(channel_type, unknown_text_is_private)
{
    cr_assert_eq(channel_type_of(PAL_STR("public")), CHANNEL_PUBLIC);
    cr_assert_eq(channel_type_of(PAL_STR("private")), CHANNEL_PRIVATE);
    cr_assert_eq(channel_type_of(PAL_STR("direct")), CHANNEL_DIRECT);
    cr_assert_eq(channel_type_of(PAL_STR("")), CHANNEL_PRIVATE);
}

Test(channel_role, unknown_text_is_nobody)
{
    cr_assert_eq(channel_role_of(PAL_STR("owner")), IN_CHANNEL_OWNER);
    cr_assert_eq(channel_role_of(PAL_STR("moderator")), IN_CHANNEL_MODERATOR);
    cr_assert_eq(channel_role_of(PAL_STR("member")), IN_CHANNEL_MEMBER);
    cr_assert_eq(channel_role_of((struct pal_str){NULL, 0}), IN_CHANNEL_NONE);
}

Test(may_read, public_channels_are_open_to_the_organisation_and_private_ones_to_members)
{
    struct standing outside = in_private(IN_CHANNEL_NONE), inside = in_private(IN_CHANNEL_MEMBER);
    struct standing admin = as(outside, PAL_ROLE_ADMIN), visitor = in_public(IN_CHANNEL_NONE);
    CHECK(may_read(&visitor), ALLOWED);
    CHECK(may_read(&inside), ALLOWED);
    CHECK(may_read(&outside), CHANNEL_UNSEEN);
    CHECK(may_read(&admin), CHANNEL_UNSEEN);
    CHECK(may_read(&nowhere), CHANNEL_UNSEEN);
}

Test(may_post, takes_membership_an_open_channel_and_a_voice)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER), visitor = in_public(IN_CHANNEL_NONE);
    struct standing closed = archived(muted(member)), silent = muted(member);
    CHECK(may_post(&member), ALLOWED);
    CHECK(may_post(&visitor), NOT_MEMBER);
    CHECK(may_post(&closed), ARCHIVED);
    CHECK(may_post(&silent), MUTED);
    CHECK(may_post(&nowhere), CHANNEL_UNSEEN);
}

Test(may_take_part, the_muted_and_the_archived_still_can)
{
    struct standing member = archived(muted(in_public(IN_CHANNEL_MEMBER)));
    struct standing visitor = in_public(IN_CHANNEL_NONE);
    CHECK(may_take_part(&member), ALLOWED);
    CHECK(may_take_part(&visitor), NOT_MEMBER);
    CHECK(may_take_part(&nowhere), CHANNEL_UNSEEN);
}

Test(may_join, not_the_archive_and_not_what_is_private)
{
    struct standing visitor = in_public(IN_CHANNEL_NONE), late = archived(visitor);
    struct standing inside = archived(in_public(IN_CHANNEL_MEMBER)),
                    outside = in_private(IN_CHANNEL_NONE);
    CHECK(may_join(&visitor), ALLOWED);
    CHECK(may_join(&late), ARCHIVED);
    CHECK(may_join(&inside), ALLOWED);
    CHECK(may_join(&outside), CHANNEL_UNSEEN);
}

Test(may_manage, is_for_moderators_of_the_channel_or_of_the_organisation)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER),
                    moderator = in_public(IN_CHANNEL_MODERATOR);
    struct standing visitor = as(in_public(IN_CHANNEL_NONE), PAL_ROLE_MODERATOR);
    struct standing outside = as(in_private(IN_CHANNEL_NONE), PAL_ROLE_ADMIN);
    CHECK(may_manage(&member), DENIED);
    CHECK(may_manage(&moderator), ALLOWED);
    CHECK(may_manage(&visitor), ALLOWED);
    CHECK(may_manage(&outside), CHANNEL_UNSEEN);
}

Test(may_delete_channel, is_for_owners_and_administrators)
{
    struct standing owner = in_private(IN_CHANNEL_OWNER),
                    moderator = in_public(IN_CHANNEL_MODERATOR);
    struct standing admin = as(in_public(IN_CHANNEL_NONE), PAL_ROLE_ADMIN);
    CHECK(may_delete_channel(&owner), ALLOWED);
    CHECK(may_delete_channel(&moderator), DENIED);
    CHECK(may_delete_channel(&admin), ALLOWED);
    CHECK(may_delete_channel(&nowhere), CHANNEL_UNSEEN);
}

Test(may_invite, is_for_members_and_for_moderators_of_the_organisation)
{
    struct standing member = in_private(IN_CHANNEL_MEMBER), visitor = in_public(IN_CHANNEL_NONE);
    struct standing moderator = as(visitor, PAL_ROLE_MODERATOR), late = archived(member);
    CHECK(may_invite(&member), ALLOWED);
    CHECK(may_invite(&visitor), NOT_MEMBER);
    CHECK(may_invite(&moderator), ALLOWED);
    CHECK(may_invite(&late), ARCHIVED);
    CHECK(may_invite(&nowhere), CHANNEL_UNSEEN);
}

Test(may_remove, a_channel_moderator_cannot_remove_an_owner)
{
    struct standing moderator = in_public(IN_CHANNEL_MODERATOR),
                    owner = in_public(IN_CHANNEL_OWNER);
    struct standing member = in_public(IN_CHANNEL_MEMBER), other = as(member, PAL_ROLE_MODERATOR);
    CHECK(may_remove(&moderator, IN_CHANNEL_MEMBER), ALLOWED);
    CHECK(may_remove(&moderator, IN_CHANNEL_OWNER), DENIED);
    CHECK(may_remove(&owner, IN_CHANNEL_OWNER), ALLOWED);
    CHECK(may_remove(&other, IN_CHANNEL_OWNER), ALLOWED);
    CHECK(may_remove(&member, IN_CHANNEL_MEMBER), DENIED);
    CHECK(may_remove(&owner, IN_CHANNEL_NONE), IN_CHANNEL_NOT);
}

Test(may_set_role, a_channel_keeps_an_owner)
{
    struct standing owner = in_public(IN_CHANNEL_OWNER),
                    moderator = in_public(IN_CHANNEL_MODERATOR);
    CHECK(may_set_role(&owner, IN_CHANNEL_MEMBER, IN_CHANNEL_OWNER, 1), ALLOWED);
    CHECK(may_set_role(&owner, IN_CHANNEL_OWNER, IN_CHANNEL_MEMBER, 1), LAST_OWNER);
    CHECK(may_set_role(&owner, IN_CHANNEL_OWNER, IN_CHANNEL_OWNER, 1), ALLOWED);
    CHECK(may_set_role(&owner, IN_CHANNEL_OWNER, IN_CHANNEL_MEMBER, 2), ALLOWED);
    CHECK(may_set_role(&owner, IN_CHANNEL_NONE, IN_CHANNEL_MEMBER, 1), IN_CHANNEL_NOT);
    CHECK(may_set_role(&moderator, IN_CHANNEL_MEMBER, IN_CHANNEL_OWNER, 1), DENIED);
}

Test(may_edit, is_for_the_author_who_may_post)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER), owner = in_public(IN_CHANNEL_OWNER);
    struct standing gone = in_public(IN_CHANNEL_NONE), silent = muted(member);
    CHECK(may_edit(&member, true, false), ALLOWED);
    CHECK(may_edit(&member, true, true), MESSAGE_DELETED);
    CHECK(may_edit(&owner, false, false), DENIED);
    CHECK(may_edit(&gone, true, false), NOT_MEMBER);
    CHECK(may_edit(&silent, true, false), MUTED);
    CHECK(may_edit(&nowhere, true, false), CHANNEL_UNSEEN);
}

Test(may_delete, is_for_the_author_and_for_moderators)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER), owner = in_public(IN_CHANNEL_OWNER);
    struct standing moderator = as(in_public(IN_CHANNEL_NONE), PAL_ROLE_MODERATOR);
    CHECK(may_delete(&member, true), ALLOWED);
    CHECK(may_delete(&member, false), DENIED);
    CHECK(may_delete(&owner, false), ALLOWED);
    CHECK(may_delete(&moderator, false), ALLOWED);
    CHECK(may_delete(&nowhere, true), CHANNEL_UNSEEN);
}

Test(may_see_history, what_was_deleted_is_for_moderators)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER),
                    moderator = in_public(IN_CHANNEL_MODERATOR);
    CHECK(may_see_history(&member, true, false), ALLOWED);
    CHECK(may_see_history(&member, true, true), DENIED);
    CHECK(may_see_history(&member, false, false), DENIED);
    CHECK(may_see_history(&moderator, false, true), ALLOWED);
    CHECK(may_see_history(&nowhere, true, false), CHANNEL_UNSEEN);
}

Test(may_follow, members_whatever_is_left_of_the_thread_but_not_where_none_can_begin)
{
    struct standing visitor = in_public(IN_CHANNEL_NONE), hidden = in_private(IN_CHANNEL_NONE);
    struct standing member = in_public(IN_CHANNEL_MEMBER), quiet = muted(archived(member));
    CHECK(may_follow(&member, false, false), ALLOWED);
    CHECK(may_follow(&member, true, true), ALLOWED);
    CHECK(may_follow(&member, true, false), MESSAGE_DELETED);
    CHECK(may_follow(&quiet, false, true), ALLOWED);
    CHECK(may_follow(&visitor, false, true), NOT_MEMBER);
    CHECK(may_follow(&hidden, false, true), CHANNEL_UNSEEN);
}

Test(may_report, neither_ones_own_nor_what_is_deleted)
{
    struct standing visitor = in_public(IN_CHANNEL_NONE);
    CHECK(may_report(&visitor, false, false), ALLOWED);
    CHECK(may_report(&visitor, true, false), MESSAGE_OWN);
    CHECK(may_report(&visitor, false, true), MESSAGE_DELETED);
    CHECK(may_report(&nowhere, false, false), CHANNEL_UNSEEN);
}
