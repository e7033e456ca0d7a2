/* The problem document. */
#include "gen/catalogue.h"
#include "proto/validate.h"

#include <criterion/criterion.h>

static void assert_written(const struct pal_error *err, const char *request_id, const char *want)
{
    struct pal_buf out;
    char why[80];
    pal_buf_init(&out, 16384);
    pal_problem_write(err, pal_str_of(request_id), &out);
    cr_assert(!out.failed);
    cr_assert_str_eq(out.p, want);
    json_t *read = pal_json_parse(pal_buf_view(&out), why);
    cr_assert_not_null(read, "it is JSON");
    json_decref(read);
    pal_buf_fini(&out);
}

Test(problem, says_what_why_and_where)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, &pal_err_request_invalid, "one \"field\"");
    pal_error_field(&err, "/content", "is missing");
    pal_error_field(&err, "/a~1b", "is not known here");
    assert_written(&err, "abc",
                   "{\"type\":\"/docs/#request.invalid\",\"title\":\"The request is not valid\","
                   "\"status\":400,\"detail\":\"one \\\"field\\\"\",\"code\":\"request.invalid\","
                   "\"request_id\":\"abc\",\"errors\":[{\"pointer\":\"/content\",\"detail\":"
                   "\"is missing\"},{\"pointer\":\"/a~1b\",\"detail\":\"is not known here\"}]}");
}

Test(problem, carries_members_and_the_time_to_wait)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, &pal_err_channel_muted, "%s", "");
    pal_error_member(&err, "expires_at", "2026-01-02T03:04:05.678Z");
    err.retry_after_ms = 1001;
    assert_written(&err, NULL,
                   "{\"type\":\"/docs/#channel.muted\",\"title\":\"You are muted\",\"status\":403,"
                   "\"code\":\"channel.muted\",\"retry_after\":2,"
                   "\"expires_at\":\"2026-01-02T03:04:05.678Z\"}");
}

Test(problem, without_a_reason_is_a_defect_of_ours)
{
    struct pal_error err = {0};
    assert_written(&err, "",
                   "{\"type\":\"/docs/#service.internal\",\"title\":\"Something went wrong on the "
                   "server\",\"status\":500,\"code\":\"service.internal\"}");
}

Test(problem, text_that_is_not_utf8_does_not_get_out)
{
    struct pal_error err = {.def = &pal_err_request_invalid, .n_fields = 1};
    memcpy(err.detail, "\xff", 2);
    memcpy(err.fields[0].pointer, "/\xff", 3);
    memcpy(err.fields[0].detail, "\xc3", 2);
    assert_written(&err, NULL,
                   "{\"type\":\"/docs/#request.invalid\",\"title\":\"The request is not valid\","
                   "\"status\":400,\"detail\":\"(not readable)\",\"code\":\"request.invalid\","
                   "\"errors\":[{\"pointer\":\"\",\"detail\":\"(not readable)\"}]}");
}

Test(problem, of_every_error_in_the_catalogue_can_be_written)
{
    for (size_t i = 0; i < pal_errors_count; i++) {
        struct pal_error err = {.def = pal_errors[i]};
        struct pal_buf out;
        char why[80];
        pal_buf_init(&out, 4096);
        pal_problem_write(&err, PAL_STR("x"), &out);
        json_t *read = pal_json_parse(pal_buf_view(&out), why);
        cr_assert(pal_str_eq(pal_json_str(read, "code"), pal_str_of(pal_errors[i]->name)));
        cr_assert_eq(pal_json_int(read, "status", 0), pal_errors[i]->status);
        json_decref(read);
        pal_buf_fini(&out);
    }
}

Test(problem, that_does_not_fit_says_so)
{
    struct pal_error err = {.def = &pal_err_service_internal};
    struct pal_buf out;
    pal_buf_init(&out, 20);
    pal_problem_write(&err, PAL_STR("x"), &out);
    cr_assert(out.failed);
    pal_buf_fini(&out);
}
