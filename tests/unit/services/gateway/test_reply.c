/* ack and error frames. */
#include "reply.h"

#include "gen/catalogue.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void expect_frame(json_t *frame, const char *text)
{
    json_t *want = json_loads(text, 0, NULL);
    char *got = json_dumps(frame, JSON_COMPACT);
    cr_expect(json_equal(frame, want), "%s", got);
    free(got);
    json_decref(want);
    json_decref(frame);
}

static struct asked asked_of(const struct pal_command *cmd, const char *type)
{
    struct asked a = {.cmd = cmd, .channel = 4};
    (void)snprintf(a.type, sizeof a.type, "%s", type);
    (void)snprintf(a.client_id, sizeof a.client_id, "c-1");
    return a;
}

static void expect_ack(const struct asked *a, const char *reply, const char *text)
{
    struct pal_blob *frame = reply_ack(a, pal_str_of(reply));
    size_t header = frame->n > 127 ? 4 : 2; /* RFC 6455 §5.2 */
    json_t *got = json_loadb(frame->data + header, frame->n - header, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(got, "%.*s", (int)(frame->n - header), frame->data + header);
    expect_frame(got, text);
    pal_blob_unref(frame);
}

Test(reply, a_posted_message_is_acknowledged_with_its_place_in_the_log)
{
    struct asked a = asked_of(&pal_cmd_message_create, "chat_message");
    expect_ack(&a,
               "{\"id\":7,\"channel_id\":4,\"seq\":42,\"content\":\"x\","
               "\"author\":{\"id\":3,\"seq\":9},\"created_at\":\"2026-01-02T03:04:05.678Z\","
               "\"edited_at\":null}",
               "{\"type\":\"ack\",\"request\":\"chat_message\",\"client_id\":\"c-1\","
               "\"channel_id\":4,\"message_id\":7,\"seq\":42,"
               "\"created_at\":\"2026-01-02T03:04:05.678Z\"}");
}

Test(reply, an_empty_reply_is_acknowledged_by_what_was_asked)
{
    struct asked a = asked_of(&pal_cmd_channel_mark_read, "mark_read");
    expect_ack(&a, "",
               "{\"type\":\"ack\",\"request\":\"mark_read\",\"client_id\":\"c-1\","
               "\"channel_id\":4}");
}

Test(reply, a_reply_that_names_its_message_is_not_taken_for_the_message)
{
    struct asked a = asked_of(&pal_cmd_message_report, "");
    a.message = 7;
    expect_ack(&a, "{\"id\":90,\"message_id\":7}",
               "{\"type\":\"ack\",\"client_id\":\"c-1\",\"channel_id\":4,\"message_id\":7}");
}

Test(reply, what_the_client_calls_its_message_cannot_break_out_of_its_quotes)
{
    struct asked a = asked_of(&pal_cmd_channel_mark_read, "mark_read");
    (void)snprintf(a.client_id, sizeof a.client_id, "%s", "\",\"seq\":1,\\");
    expect_ack(&a, "{}",
               "{\"type\":\"ack\",\"request\":\"mark_read\",\"channel_id\":4,"
               "\"client_id\":\"\\\",\\\"seq\\\":1,\\\\\"}");
}

Test(reply, a_problem_becomes_an_error_with_its_members)
{
    struct asked a = asked_of(&pal_cmd_message_create, "chat_message");
    json_t *problem =
        json_loads("{\"type\":\"about:blank\",\"title\":\"t\",\"status\":403,\"detail\":\"d\","
                   "\"code\":\"channel.muted\",\"expires_at\":\"2026-01-02T03:04:05.678Z\"}",
                   0, NULL);
    expect_frame(reply_problem(&a, problem),
                 "{\"type\":\"error\",\"request\":\"chat_message\",\"client_id\":\"c-1\","
                 "\"channel_id\":4,\"code\":\"channel.muted\",\"detail\":\"d\","
                 "\"expires_at\":\"2026-01-02T03:04:05.678Z\"}");
    json_decref(problem);
}

Test(reply, an_error_made_here_tells_when_to_try_again)
{
    struct asked a = {0};
    struct pal_error err;
    pal_error_clear(&err);
    (void)pal_error_set(&err, &pal_err_service_unavailable, "down");
    err.retry_after_ms = 1500;
    json_t *frame = reply_error(&a, &err);
    cr_expect_str_eq(json_string_value(json_object_get(frame, "code")), "service.unavailable");
    cr_expect_eq(json_integer_value(json_object_get(frame, "retry_after")), 2);
    cr_expect_null(json_object_get(frame, "client_id"));
    json_decref(frame);
}
