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

/* The same in a direct conversation. */
static struct standing in_direct(enum channel_role role)
{
    struct standing s = in_public(role);
    s.type = CHANNEL_DIRECT;
    return s;
}

static struct standing with(struct standing s, enum channel_action action, enum channel_role least)
{
    s.permissions = permission_with(s.permissions, action, least);
    return s;
}

Test(permission_least, nothing_set_is_the_default)
{
    for (enum channel_action a = 0; a < CHANNEL_ACTIONS; a++) {
        bool manages = a == DO_MANAGE || a == DO_MODERATE;
        enum channel_role expected = manages ? IN_CHANNEL_MODERATOR : IN_CHANNEL_MEMBER;
        cr_assert_eq(permission_least(0, a), a == DO_EXPORT ? IN_CHANNEL_OWNER : expected);
    }
}

Test(permission_with, sets_one_and_leaves_the_others)
{
    uint32_t all = 0;
    for (enum channel_action a = 0; a < CHANNEL_ACTIONS; a++)
        all = permission_with(all, a, a % 2 ? IN_CHANNEL_OWNER : IN_CHANNEL_MODERATOR);
    for (enum channel_action a = 0; a < CHANNEL_ACTIONS; a++)
        cr_assert_eq(permission_least(all, a), a % 2 ? IN_CHANNEL_OWNER : IN_CHANNEL_MODERATOR);
    all = permission_with(all, DO_PIN, IN_CHANNEL_MEMBER);
    cr_assert_eq(permission_least(all, DO_PIN), IN_CHANNEL_MEMBER);
    cr_assert_eq(permission_least(all, DO_INVITE), IN_CHANNEL_MODERATOR);
    cr_assert_eq(permission_least(all, DO_MENTION_ALL), IN_CHANNEL_MODERATOR);
}

Test(permissions_same, a_default_that_is_said_is_no_change)
{
    cr_assert(permissions_same(0, permission_with(0, DO_POST, IN_CHANNEL_MEMBER)));
    cr_assert(permissions_same(0, permission_with(0, DO_EXPORT, IN_CHANNEL_OWNER)));
    cr_assert_not(permissions_same(0, permission_with(0, DO_EXPORT, IN_CHANNEL_MEMBER)));
}

Test(channel_level, the_role_in_the_channel_or_that_of_the_organisation)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER), visitor = in_public(IN_CHANNEL_NONE);
    struct standing owner = as(in_public(IN_CHANNEL_OWNER), PAL_ROLE_MODERATOR);
    struct standing moderator = as(visitor, PAL_ROLE_MODERATOR), admin = as(member, PAL_ROLE_ADMIN);
    cr_assert_eq(channel_level(&member), IN_CHANNEL_MEMBER);
    cr_assert_eq(channel_level(&visitor), IN_CHANNEL_NONE);
    cr_assert_eq(channel_level(&owner), IN_CHANNEL_OWNER);
    cr_assert_eq(channel_level(&moderator), IN_CHANNEL_MODERATOR);
    cr_assert_eq(channel_level(&admin), IN_CHANNEL_OWNER);
}

Test(channel_level, all_are_equal_in_a_direct_conversation)
{
    struct standing member = in_direct(IN_CHANNEL_MEMBER);
    struct standing outside = as(in_direct(IN_CHANNEL_NONE), PAL_ROLE_ADMIN);
    cr_assert_eq(channel_level(&member), IN_CHANNEL_OWNER);
    cr_assert_eq(channel_level(&outside), IN_CHANNEL_NONE);
}

Test(may_do, each_action_by_its_own_permission)
{
    for (enum channel_action a = 0; a < CHANNEL_ACTIONS; a++) {
        struct standing member = with(in_private(IN_CHANNEL_MEMBER), a, IN_CHANNEL_MODERATOR);
        struct standing moderator = member, outside = with(in_private(IN_CHANNEL_NONE), a, 1);
        moderator.in_channel = IN_CHANNEL_MODERATOR;
        CHECK(may_do(&member, a), NOT_PERMITTED);
        CHECK(may_do(&moderator, a), ALLOWED);
        CHECK(may_do(&outside, a), CHANNEL_UNSEEN);
    }
}

Test(may_post, announcements_are_for_those_who_moderate)
{
    struct standing member = with(in_public(IN_CHANNEL_MEMBER), DO_POST, IN_CHANNEL_MODERATOR);
    struct standing silent = muted(member), admin = as(member, PAL_ROLE_ADMIN);
    struct standing visitor = as(with(in_public(IN_CHANNEL_NONE), DO_POST, 2), PAL_ROLE_ADMIN);
    CHECK(may_post(&member), NOT_PERMITTED);
    CHECK(may_post(&silent), MUTED);
    CHECK(may_post(&admin), ALLOWED);
    CHECK(may_post(&visitor), NOT_MEMBER);
    CHECK(may_reply(&member), ALLOWED);
}

Test(may_reply, threads_have_a_permission_of_their_own)
{
    struct standing member = with(in_public(IN_CHANNEL_MEMBER), DO_REPLY, IN_CHANNEL_OWNER);
    struct standing closed = archived(member);
    CHECK(may_reply(&member), NOT_PERMITTED);
    CHECK(may_reply(&closed), ARCHIVED);
    CHECK(may_post(&member), ALLOWED);
}

Test(may_mention_all, members_unless_the_channel_says_otherwise)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER), visitor = in_public(IN_CHANNEL_NONE);
    struct standing hushed = with(member, DO_MENTION_ALL, IN_CHANNEL_MODERATOR);
    CHECK(may_mention_all(&member), ALLOWED);
    CHECK(may_mention_all(&hushed), NOT_PERMITTED);
    CHECK(may_mention_all(&visitor), NOT_MEMBER);
}

Test(may_export, owners_and_administrators_who_are_in_the_channel)
{
    struct standing member = in_public(IN_CHANNEL_MEMBER), owner = in_private(IN_CHANNEL_OWNER);
    struct standing admin = as(member, PAL_ROLE_ADMIN), talk = in_direct(IN_CHANNEL_MEMBER);
    struct standing visitor = as(in_public(IN_CHANNEL_NONE), PAL_ROLE_ADMIN);
    struct standing free = with(member, DO_EXPORT, IN_CHANNEL_MEMBER);
    CHECK(may_export(&member), NOT_PERMITTED);
    CHECK(may_export(&owner), ALLOWED);
    CHECK(may_export(&admin), ALLOWED);
    CHECK(may_export(&talk), ALLOWED);
    CHECK(may_export(&visitor), NOT_MEMBER);
    CHECK(may_export(&free), ALLOWED);
}

Test(direct_conversations, have_nobody_above_the_others)
{
    struct standing member = as(in_direct(IN_CHANNEL_MEMBER), PAL_ROLE_ADMIN);
    struct standing outside = as(in_direct(IN_CHANNEL_NONE), PAL_ROLE_ADMIN);
    CHECK(may_post(&member), ALLOWED);
    CHECK(may_leave(&member), IS_DIRECT);
    CHECK(may_join(&member), ALLOWED);
    CHECK(may_manage(&member), IS_DIRECT);
    CHECK(may_own(&member), IS_DIRECT);
    CHECK(may_invite(&member), IS_DIRECT);
    CHECK(may_remove(&member, IN_CHANNEL_MEMBER), IS_DIRECT);
    CHECK(may_set_role(&member, IN_CHANNEL_MEMBER, IN_CHANNEL_OWNER, 0), IS_DIRECT);
    CHECK(may_delete(&member, false), DENIED);
    CHECK(may_delete(&member, true), ALLOWED);
    CHECK(may_see_history(&member, false, false), DENIED);
    CHECK(may_read(&outside), CHANNEL_UNSEEN);
    CHECK(may_leave(&outside), CHANNEL_UNSEEN);
}

Test(may_leave, whoever_sees_the_channel)
{
    struct standing member = archived(in_public(IN_CHANNEL_MEMBER));
    CHECK(may_leave(&member), ALLOWED);
}

Test(may_manage, by_owners_alone_when_the_permissions_say_so)
{
    struct standing moderator = with(in_public(IN_CHANNEL_MODERATOR), DO_MANAGE, IN_CHANNEL_OWNER);
    struct standing owner = with(in_public(IN_CHANNEL_OWNER), DO_MANAGE, IN_CHANNEL_OWNER);
    struct standing member = with(in_public(IN_CHANNEL_MEMBER), DO_MANAGE, IN_CHANNEL_MEMBER);
    CHECK(may_manage(&moderator), DENIED);
    CHECK(may_manage(&owner), ALLOWED);
    CHECK(may_manage(&member), ALLOWED);
    CHECK(may_own(&member), DENIED);
}

Test(may_moderate, what_others_said_is_a_permission_of_its_own)
{
    struct standing moderator =
        with(in_public(IN_CHANNEL_MODERATOR), DO_MODERATE, IN_CHANNEL_OWNER);
    CHECK(may_delete(&moderator, false), DENIED);
    CHECK(may_see_history(&moderator, false, false), DENIED);
    CHECK(may_remove(&moderator, IN_CHANNEL_MEMBER), DENIED);
    CHECK(may_manage(&moderator), ALLOWED);
}

Test(may_invite, by_moderators_alone_when_the_permissions_say_so)
{
    struct standing member = with(in_private(IN_CHANNEL_MEMBER), DO_INVITE, IN_CHANNEL_MODERATOR);
    struct standing moderator =
        with(in_private(IN_CHANNEL_MODERATOR), DO_INVITE, IN_CHANNEL_MODERATOR);
    CHECK(may_invite(&member), NOT_PERMITTED);
    CHECK(may_invite(&moderator), ALLOWED);
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

Test(may_own, is_for_owners_and_administrators)
{
    struct standing owner = in_private(IN_CHANNEL_OWNER),
                    moderator = in_public(IN_CHANNEL_MODERATOR);
    struct standing admin = as(in_public(IN_CHANNEL_NONE), PAL_ROLE_ADMIN);
    CHECK(may_own(&owner), ALLOWED);
    CHECK(may_own(&moderator), DENIED);
    CHECK(may_own(&admin), ALLOWED);
    CHECK(may_own(&nowhere), CHANNEL_UNSEEN);
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
    const struct written own = {.own = true, .in_channel = true}, others = {.in_channel = true};
    const struct written deleted = {.own = true, .deleted = true, .in_channel = true};
    CHECK(may_edit(&member, &own), ALLOWED);
    CHECK(may_edit(&member, &deleted), MESSAGE_DELETED);
    CHECK(may_edit(&owner, &others), DENIED);
    CHECK(may_edit(&gone, &own), NOT_MEMBER);
    CHECK(may_edit(&silent, &own), MUTED);
    CHECK(may_edit(&nowhere, &own), CHANNEL_UNSEEN);
}

Test(may_edit, takes_what_posting_it_there_takes)
{
    struct standing open = in_public(IN_CHANNEL_MEMBER);
    struct standing announced = with(open, DO_POST, IN_CHANNEL_MODERATOR);
    struct standing closed = with(open, DO_REPLY, IN_CHANNEL_OWNER);
    const struct written message = {.own = true, .in_channel = true};
    const struct written reply = {.own = true, .reply = true};
    const struct written both = {.own = true, .reply = true, .in_channel = true};
    CHECK(may_edit(&announced, &message), NOT_PERMITTED);
    CHECK(may_edit(&announced, &reply), ALLOWED);
    CHECK(may_edit(&announced, &both), NOT_PERMITTED);
    CHECK(may_edit(&closed, &message), ALLOWED);
    CHECK(may_edit(&closed, &reply), NOT_PERMITTED);
    CHECK(may_edit(&closed, &both), NOT_PERMITTED);
    CHECK(may_edit(&open, &both), ALLOWED);
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
