/* What a client may send. */
#include "message.h"

#include "gen/catalogue.h"

#include <criterion/criterion.h>
#include <string.h>

static struct message m;
static struct pal_error err;

static enum pal_code parse(const char *text, uint64_t room)
{
    pal_error_clear(&err);
    return message_parse(pal_str_of(text), room, &m, &err);
}

static void expect_wrong(const char *text, const char *pointer)
{
    cr_expect_eq(parse(text, 0), PAL_INVALID, "%s", text);
    cr_expect_eq(err.def, &pal_err_request_invalid);
    cr_assert_gt(err.n_fields, 0, "%s", text);
    cr_expect_str_eq(err.fields[0].pointer, pointer);
    message_fini(&m);
}

Test(message, a_message_becomes_its_command_without_the_envelope)
{
    cr_assert_eq(parse("{\"type\":\"chat_message\",\"channel_id\":1,\"content\":\"hola\","
                       "\"client_id\":\"5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f10\"}",
                       0),
                 PAL_OK, "%s", err.detail);
    cr_expect_eq(m.cmd, &pal_cmd_message_create);
    cr_expect_eq(m.channel, 1);
    cr_expect_str_eq(m.client_id, "5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f10");
    cr_expect_null(json_object_get(m.body, "type"));
    cr_expect_not_null(json_object_get(m.body, "client_id"), "this command has one of its own");
    message_fini(&m);
}

static void expect_body(const char *text, uint64_t room, const char *want)
{
    struct pal_buf out;
    pal_buf_init(&out, 4096);
    cr_assert_eq(parse(text, room), PAL_OK, "%s: %s", text, err.detail);
    cr_assert(message_body(&m, &out));
    json_t *a = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    json_t *b = json_loads(want, 0, NULL);
    cr_expect(json_equal(a, b), "%s", out.p);
    json_decref(a);
    json_decref(b);
    pal_buf_fini(&out);
    message_fini(&m);
}

Test(message, the_body_is_what_the_client_wrote_without_the_envelope)
{
    expect_body(" { \"type\" : \"mark_read\",\n\"seq\":3 , \"channel_id\":1,\"client_id\":\"a\"} ",
                0, "{\"seq\":3,\"channel_id\":1}");
    expect_body("{\"content\":\"\\\"}{,\\\\\",\"type\":\"chat_message\",\"channel_id\":1}", 0,
                "{\"content\":\"\\\"}{,\\\\\",\"channel_id\":1}");
    expect_body("{\"type\":\"resume\",\"positions\":{\"1\":42,\"7\":0}}", 0,
                "{\"positions\":{\"1\":42,\"7\":0}}");
    expect_body("{\"content\":\"x\",\"type\":\"chat_message\"}", 9,
                "{\"content\":\"x\",\"channel_id\":9,\"also_send_to_channel\":false,\"message_"
                "type\":\"text\"}");
    expect_body("{\"content\":\"x\",\"typ\\u0065\":\"chat_message\",\"channel_id\":1}", 0,
                "{\"content\":\"x\",\"channel_id\":1,\"also_send_to_channel\":false,\"message_"
                "type\":\"text\"}");
}

Test(message, a_client_id_of_a_command_without_one_only_names_the_answer)
{
    cr_assert_eq(
        parse("{\"type\":\"mark_read\",\"channel_id\":1,\"seq\":3,\"client_id\":\"abc\"}", 0),
        PAL_OK, "%s", err.detail);
    cr_expect_str_eq(m.client_id, "abc");
    cr_expect_null(json_object_get(m.body, "client_id"));
    message_fini(&m);
}

Test(message, a_room_is_the_default_channel_and_the_only_one)
{
    cr_assert_eq(parse("{\"type\":\"chat_message\",\"content\":\"hola\"}", 9), PAL_OK, "%s",
                 err.detail);
    cr_expect_eq(m.channel, 9);
    cr_expect_eq(json_integer_value(json_object_get(m.body, "channel_id")), 9);
    message_fini(&m);
    cr_expect_eq(parse("{\"type\":\"chat_message\",\"channel_id\":8,\"content\":\"hola\"}", 9),
                 PAL_INVALID);
    cr_expect_str_eq(err.fields[0].pointer, "/channel_id");
    message_fini(&m);
}

Test(message, wrong_fields_are_named)
{
    expect_wrong("{}", "/type");
    expect_wrong("{\"type\":7}", "/type");
    expect_wrong("{\"type\":\"no such thing\"}", "/type");
    expect_wrong("{\"type\":\"chat_message\",\"content\":\"x\"}", "/channel_id");
    expect_wrong("{\"type\":\"chat_message\",\"channel_id\":1,\"content\":\"x\",\"colour\":1}",
                 "/colour");
    expect_wrong("{\"type\":\"chat_message\",\"channel_id\":\"1\",\"content\":\"x\"}",
                 "/channel_id");
    expect_wrong("{\"type\":\"chat_message\",\"channel_id\":9223372036854775807,\"content\":\"x\"}",
                 "/channel_id");
    expect_wrong("{\"type\":\"ping\",\"client_id\":5}", "/client_id");
}

Test(message, a_command_without_a_face_here_is_unknown)
{
    expect_wrong("{\"type\":\"event.list\"}", "/type");
    expect_wrong("{\"type\":\"channel.create\"}", "/type");
}

Test(message, what_is_no_json_object_is_malformed)
{
    static const char *const texts[] = {
        "", "x", "[]", "null", "{\"type\":\"ping\"", "{\"type\":\"ping\",\"type\":\"ping\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect_eq(parse(texts[i], 0), PAL_INVALID, "%s", texts[i]);
        cr_expect_eq(err.def, &pal_err_request_malformed, "%s", texts[i]);
        message_fini(&m);
    }
}

Test(message, positions_of_a_resume_are_checked)
{
    cr_expect_eq(parse("{\"type\":\"resume\",\"positions\":{\"1\":42,\"7\":0}}", 0), PAL_OK, "%s",
                 err.detail);
    message_fini(&m);
    cr_expect_eq(parse("{\"type\":\"resume\",\"positions\":{\"x\":42}}", 0), PAL_INVALID);
    message_fini(&m);
    cr_expect_eq(parse("{\"type\":\"resume\",\"positions\":{\"1\":-1}}", 0), PAL_INVALID);
    message_fini(&m);
}
