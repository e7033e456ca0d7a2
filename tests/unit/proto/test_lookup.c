/* Look-ups in the generated catalogue, checked against all of it. */
#include "gen/catalogue.h"

#include <criterion/criterion.h>

Test(lookup, every_command_is_found_by_its_id)
{
    cr_assert_gt(pal_commands_count, 50);
    for (size_t i = 0; i < pal_commands_count; i++)
        cr_assert_eq(pal_command_by_id(pal_commands[i]->id), pal_commands[i]);
    cr_assert_eq(pal_command_by_id(PAL_CMD_MESSAGE_CREATE), &pal_cmd_message_create);
    cr_assert_null(pal_command_by_id(0));
    cr_assert_null(pal_command_by_id(UINT16_MAX));
    cr_assert_null(pal_command_by_id(PAL_EV_MESSAGE_CREATED));
}

Test(lookup, every_event_is_found_by_its_id)
{
    cr_assert_gt(pal_events_count, 20);
    for (size_t i = 0; i < pal_events_count; i++)
        cr_assert_eq(pal_event_by_id(pal_events[i]->id), pal_events[i]);
    cr_assert_null(pal_event_by_id(0));
    cr_assert_null(pal_event_by_id(UINT16_MAX));
}

Test(lookup, every_error_is_found_by_its_name)
{
    for (size_t i = 0; i < pal_errors_count; i++)
        cr_assert_eq(pal_error_by_name(pal_str_of(pal_errors[i]->name)), pal_errors[i]);
    cr_assert_null(pal_error_by_name(PAL_STR("")));
    cr_assert_null(pal_error_by_name(PAL_STR("channel")));
    cr_assert_null(pal_error_by_name(PAL_STR("channel.muted.more")));
    cr_assert_null(pal_error_by_name(PAL_STR("~")));
    cr_assert_null(pal_error_by_name(PAL_STR("!")));
}

Test(lookup, a_command_is_found_by_its_websocket_type)
{
    for (size_t i = 0; i < pal_ws_commands_count; i++)
        cr_assert_eq(pal_command_by_ws(pal_str_of(pal_ws_commands[i]->ws_type)),
                     pal_ws_commands[i]);
    cr_assert_eq(pal_command_by_ws(PAL_STR("chat_message")), &pal_cmd_message_create);
    cr_assert_null(pal_command_by_ws(PAL_STR("")));
    cr_assert_null(pal_command_by_ws(PAL_STR("chat_messages")));
    cr_assert_null(pal_command_by_ws(PAL_STR("message.create")));
}

Test(lookup, a_rate_class_is_found_by_its_name)
{
    cr_assert_eq(pal_rate_by_name(PAL_STR("auth")), &pal_rate_auth);
    cr_assert(pal_rate_auth.per_address);
    cr_assert_null(pal_rate_by_name(PAL_STR("nobody")));
}

Test(lookup, every_rate_class_that_a_command_names_exists)
{
    for (size_t i = 0; i < pal_commands_count; i++)
        if (pal_commands[i]->rate)
            cr_assert_not_null(pal_rate_by_name(pal_str_of(pal_commands[i]->rate)));
}

Test(lookup, roles_have_names_both_ways)
{
    cr_assert_eq(pal_role_parse(PAL_STR("member")), PAL_ROLE_MEMBER);
    cr_assert_eq(pal_role_parse(PAL_STR("moderator")), PAL_ROLE_MODERATOR);
    cr_assert_eq(pal_role_parse(PAL_STR("admin")), PAL_ROLE_ADMIN);
    cr_assert_str_eq(pal_role_name(PAL_ROLE_MODERATOR), "moderator");
    cr_assert_str_eq(pal_role_name(PAL_ROLE_SERVICE), "service");
    cr_assert_str_eq(pal_role_name(PAL_ROLE_NONE), "none");
    cr_assert_str_eq(pal_role_name(200), "none");
}

Test(lookup, nobody_becomes_a_service_by_name)
{
    cr_assert_eq(pal_role_parse(PAL_STR("service")), PAL_ROLE_NONE);
    cr_assert_eq(pal_role_parse(PAL_STR("ADMIN")), PAL_ROLE_NONE);
    cr_assert_eq(pal_role_parse(PAL_STR("")), PAL_ROLE_NONE);
}

Test(lookup, owners_have_names)
{
    cr_assert_str_eq(pal_owner_name(PAL_OWNER_GATEWAY), "gateway");
    cr_assert_str_eq(pal_owner_name(PAL_OWNER_ADMIN), "admin");
    cr_assert_str_eq(pal_owner_name(PAL_OWNERS), "?");
}

Test(lookup, the_catalogue_says_what_its_file_says)
{
    const struct pal_command *c = &pal_cmd_message_create;
    cr_assert_str_eq(c->name, "message.create");
    cr_assert_eq(c->owner, PAL_OWNER_CHAT);
    cr_assert_eq(c->min_role, PAL_ROLE_MEMBER);
    cr_assert_eq(c->lane, PAL_LANE_WRITER);
    cr_assert_str_eq(c->rate, "message");
    cr_assert_eq(c->status, 201);
    cr_assert(c->idempotent_key);
    cr_assert(!c->sets_refresh_cookie);
    cr_assert(pal_cmd_auth_login.sets_refresh_cookie);
    cr_assert(!pal_cmd_auth_login.idempotent_key);
    cr_assert_str_eq(pal_cmd_user_set_avatar.raw_request, "image");
    cr_assert(pal_cmd_user_avatar.raw_reply);
    cr_assert_eq(pal_ev_message_created.audience, PAL_TO_CHANNEL);
    cr_assert(pal_ev_message_created.durable);
    cr_assert_eq(pal_ev_hello.audience, PAL_TO_CONNECTION);
    cr_assert_eq(pal_err_channel_muted.status, 403);
    cr_assert_eq(pal_err_channel_muted.code, PAL_FORBIDDEN);
}
