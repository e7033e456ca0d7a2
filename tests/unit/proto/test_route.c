/* Matching of method and path. */
#include "gen/catalogue.h"

#include <criterion/criterion.h>

enum { EVERYONE = (1U << PAL_OWNERS) - 1 };

static const struct pal_rest *out;
static struct pal_str params[PAL_REST_PARAMS_MAX];
static char allow[PAL_ALLOW_MAX];

static enum pal_match match(const char *method, const char *path)
{
    out = NULL;
    return pal_rest_match(pal_str_of(method), pal_str_of(path), EVERYONE, &out, params, allow);
}

static void assert_found(const char *method, const char *path, const struct pal_command *command)
{
    cr_assert_eq(match(method, path), PAL_MATCH_FOUND, "%s %s", method, path);
    cr_assert_eq(out->command, command, "%s %s is %s", method, path, out->command->name);
}

Test(route, every_face_of_the_catalogue_is_found_by_its_own_path)
{
    for (size_t i = 0; i < pal_rests_count; i++) {
        cr_assert_eq(match(pal_rests[i].method, pal_rests[i].path), PAL_MATCH_FOUND);
        cr_assert_eq(out, &pal_rests[i], "%s %s", pal_rests[i].method, pal_rests[i].path);
    }
}

Test(route, a_parameter_is_handed_out_with_its_field)
{
    assert_found("POST", "/channels/17/messages", &pal_cmd_message_create);
    cr_assert_eq(out->n_params, 1);
    cr_assert_str_eq(out->params[0]->name, "channel_id");
    cr_assert(pal_str_eq(params[0], PAL_STR("17")));
    cr_assert_eq(out->status, 201);
}

Test(route, two_parameters_come_in_the_order_of_the_path)
{
    assert_found("DELETE", "/channels/17/members/4", &pal_cmd_channel_remove_member);
    cr_assert_eq(out->n_params, 2);
    cr_assert_str_eq(out->params[0]->name, "channel_id");
    cr_assert_str_eq(out->params[1]->name, "user_id");
    cr_assert(pal_str_eq(params[0], PAL_STR("17")));
    cr_assert(pal_str_eq(params[1], PAL_STR("4")));
}

Test(route, a_literal_segment_beats_a_parameter)
{
    assert_found("GET", "/users/online", &pal_cmd_user_online);
    assert_found("GET", "/users/7", &pal_cmd_user_get);
    assert_found("GET", "/users/onlineish", &pal_cmd_user_get);
}

Test(route, a_trailing_slash_makes_no_difference)
{
    assert_found("GET", "/channels", &pal_cmd_channel_list);
    assert_found("GET", "/channels/", &pal_cmd_channel_list);
    assert_found("GET", "/channels/7/", &pal_cmd_channel_get);
    assert_found("GET", "/rooms", &pal_cmd_channel_list);
    cr_assert_eq(match("GET", "/channels//"), PAL_MATCH_NONE);
    cr_assert_eq(match("GET", "/channels/7//"), PAL_MATCH_NONE);
}

Test(route, what_is_encoded_stays_encoded)
{
    assert_found("GET", "/users/%2e%2F", &pal_cmd_user_get);
    cr_assert(pal_str_eq(params[0], PAL_STR("%2e%2F")));
}

Test(route, an_empty_parameter_is_no_parameter)
{
    cr_assert_eq(match("GET", "/channels//messages"), PAL_MATCH_NONE);
}

Test(route, another_path_is_not_found)
{
    cr_assert_eq(match("GET", ""), PAL_MATCH_NONE);
    cr_assert_eq(match("GET", "/"), PAL_MATCH_NONE);
    cr_assert_eq(match("GET", "channels"), PAL_MATCH_NONE);
    cr_assert_eq(match("GET", "/channel"), PAL_MATCH_NONE);
    cr_assert_eq(match("GET", "/Channels"), PAL_MATCH_NONE);
    cr_assert_eq(match("GET", "/channels/7/messages/9/x"), PAL_MATCH_NONE);
    cr_assert_str_empty(allow);
}

Test(route, another_method_is_told_which_there_are)
{
    cr_assert_eq(match("PATCH", "/auth/login"), PAL_MATCH_METHOD);
    cr_assert_str_eq(allow, "POST");
    cr_assert_eq(match("PATCH", "/channels/7"), PAL_MATCH_METHOD);
    cr_assert_str_eq(allow, "DELETE, GET, HEAD, PUT");
    cr_assert_null(out);
}

Test(route, methods_are_told_by_case)
{
    cr_assert_eq(match("post", "/auth/login"), PAL_MATCH_METHOD);
}

Test(route, head_is_answered_like_get)
{
    assert_found("HEAD", "/auth/me", &pal_cmd_auth_me);
    cr_assert_eq(match("HEAD", "/auth/login"), PAL_MATCH_METHOD);
}

Test(route, only_the_owners_that_are_asked_for_are_looked_at)
{
    struct pal_str get = PAL_STR("GET"), path = PAL_STR("/notifications");
    cr_assert_eq(pal_rest_match(get, path, 1U << PAL_OWNER_NOTIFY, &out, params, allow),
                 PAL_MATCH_FOUND);
    cr_assert_eq(
        pal_rest_match(get, path, EVERYONE & ~(1U << PAL_OWNER_NOTIFY), &out, params, allow),
        PAL_MATCH_NONE);
}

Test(route, more_parameters_than_there_is_room_for_do_not_match)
{
    static const struct pal_rest deep[] = {
        {.method = "GET",
         .path = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}",
         .command = &pal_cmd_auth_me},
    };
    cr_assert_eq(pal_rest_match_in(deep, 1, PAL_STR("GET"), PAL_STR("/1/2/3/4/5/6/7/8/9"), EVERYONE,
                                   &out, params, allow),
                 PAL_MATCH_NONE);
}

Test(route, an_allow_list_that_is_too_long_is_cut_and_not_overrun)
{
    struct pal_rest many[12];
    for (size_t i = 0; i < 12; i++)
        many[i] = (struct pal_rest){.method = "DELETE", .path = "/x", .command = &pal_cmd_auth_me};
    cr_assert_eq(
        pal_rest_match_in(many, 12, PAL_STR("GET"), PAL_STR("/x"), EVERYONE, &out, params, allow),
        PAL_MATCH_METHOD);
    cr_assert_eq(strlen(allow), PAL_ALLOW_MAX - 1);
}
