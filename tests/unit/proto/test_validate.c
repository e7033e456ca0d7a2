/* The validator, on descriptors made here: each type, each limit, each way to be wrong. */
#include "proto/validate.h"

#include "base/limits.h"
#include "gen/catalogue.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>

enum { NEEDED = PAL_FIELD_REQUIRED };

/* {"v": TEXT} against a single field `v`; "" or "pointer detail" of the first complaint. */
static const char *verdict(const struct pal_field *field, const char *text)
{
    static char answer[sizeof(struct pal_error_field) + 1];
    struct pal_object desc = {field, 1, false};
    struct pal_error err = {0};
    json_t *out = NULL;
    enum pal_code code = pal_validate_text(&desc, pal_str_of(text), &out, &err);
    answer[0] = '\0';
    if (code != PAL_OK) {
        cr_assert_eq(code, PAL_INVALID);
        cr_assert_null(out);
        cr_assert_eq(err.def, &pal_err_request_invalid, "%s: %s", text, err.detail);
        (void)snprintf(answer, sizeof answer, "%s %s", err.fields[0].pointer, err.fields[0].detail);
    }
    json_decref(out);
    return answer;
}

#define GOOD(field, text) cr_assert_str_empty(verdict((field), (text)))
#define BAD(field, text, why) cr_assert_str_eq(verdict((field), (text)), (why))

/* ---- types ---- */

Test(validate, integers_within_their_limits)
{
    struct pal_field f = {"v", PAL_F_INTEGER, PAL_IN_BODY, NEEDED, -3, 5, NULL, NULL, NULL, NULL};
    GOOD(&f, "{\"v\":-3}");
    GOOD(&f, "{\"v\":5}");
    BAD(&f, "{\"v\":-4}", "/v must be from -3 to 5");
    BAD(&f, "{\"v\":6}", "/v must be from -3 to 5");
    BAD(&f, "{\"v\":1.0}", "/v must be an integer");
    BAD(&f, "{\"v\":\"1\"}", "/v must be an integer");
    BAD(&f, "{\"v\":true}", "/v must be an integer");
    BAD(&f, "{\"v\":null}", "/v must not be null");
    BAD(&f, "{\"v\":[1]}", "/v must be an integer");
}

Test(validate, ids_end_below_2_to_the_53)
{
    struct pal_field f = {.name = "v", .type = PAL_F_INTEGER, .flags = NEEDED, .min = 1};
    f.max = PAL_ID_MAX;
    GOOD(&f, "{\"v\":9007199254740991}");
    BAD(&f, "{\"v\":9007199254740992}", "/v must be from 1 to 9007199254740991");
    BAD(&f, "{\"v\":9223372036854775807}", "/v must be from 1 to 9007199254740991");
    BAD(&f, "{\"v\":0}", "/v must be from 1 to 9007199254740991");
}

Test(validate, integers_beyond_64_bits_are_not_readable)
{
    struct pal_error err = {0};
    json_t *out = NULL;
    cr_assert_eq(pal_validate_text(pal_cmd_message_get.request,
                                   PAL_STR("{\"message_id\":9223372036854775808}"), &out, &err),
                 PAL_INVALID);
    cr_assert_eq(err.def, &pal_err_request_malformed);
}

Test(validate, numbers_of_either_kind)
{
    struct pal_field f = {.name = "v", .type = PAL_F_NUMBER, .flags = NEEDED, .min = 0, .max = 2};
    GOOD(&f, "{\"v\":0}");
    GOOD(&f, "{\"v\":1.5}");
    GOOD(&f, "{\"v\":2.0}");
    BAD(&f, "{\"v\":2.1}", "/v must be from 0 to 2");
    BAD(&f, "{\"v\":-1}", "/v must be from 0 to 2");
    BAD(&f, "{\"v\":\"1\"}", "/v must be a number");
}

Test(validate, booleans)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN, .flags = NEEDED};
    GOOD(&f, "{\"v\":true}");
    GOOD(&f, "{\"v\":false}");
    BAD(&f, "{\"v\":0}", "/v must be true or false");
}

Test(validate, texts_count_code_points_and_not_bytes)
{
    struct pal_field f = {.name = "v", .type = PAL_F_STRING, .flags = NEEDED, .min = 2, .max = 3};
    GOOD(&f, "{\"v\":\"ñ€\"}");
    GOOD(&f, "{\"v\":\"🎉🎉🎉\"}");
    BAD(&f, "{\"v\":\"🎉\"}", "/v must have at least 2 characters");
    BAD(&f, "{\"v\":\"abcd\"}", "/v must have at most 3 characters");
    BAD(&f, "{\"v\":7}", "/v must be a string");
}

Test(validate, texts_without_control_characters)
{
    struct pal_field f = {.name = "v", .type = PAL_F_STRING, .flags = NEEDED, .max = 9};
    struct pal_field m = f;
    m.flags |= PAL_FIELD_MULTILINE;
    BAD(&f, "{\"v\":\"a\\nb\"}", "/v must not contain control characters");
    BAD(&f, "{\"v\":\"\\u0085\"}", "/v must not contain control characters");
    GOOD(&m, "{\"v\":\"a\\n\\tb\"}");
    BAD(&m, "{\"v\":\"a\\rb\"}",
        "/v must not contain control characters other than line feed and tab");
    BAD(&m, "{\"v\":\"\\u007f\"}",
        "/v must not contain control characters other than line feed and tab");
}

Test(validate, one_of_a_few_words)
{
    static const char *const words[] = {"public", "private", NULL};
    struct pal_field f = {.name = "v", .type = PAL_F_STRING, .flags = NEEDED, .enum_values = words};
    GOOD(&f, "{\"v\":\"public\"}");
    BAD(&f, "{\"v\":\"PUBLIC\"}", "/v must be one of public, private");
    BAD(&f, "{\"v\":\"\"}", "/v must be one of public, private");
}

Test(validate, a_long_list_of_words_is_cut)
{
    static const char *const words[] = {"a-word-of-some-length-that-is-long-enough",
                                        "another-word-of-some-length-that-is-long-enough",
                                        "a-third-one", "a-fourth-one", NULL};
    struct pal_field f = {.name = "v", .type = PAL_F_STRING, .flags = NEEDED, .enum_values = words};
    cr_assert_leq(strlen(verdict(&f, "{\"v\":\"x\"}")), 120);
    GOOD(&f, "{\"v\":\"a-fourth-one\"}");
}

Test(validate, uuids_times_and_addresses)
{
    struct pal_field uuid = {.name = "v", .type = PAL_F_UUID, .flags = NEEDED};
    struct pal_field time = {.name = "v", .type = PAL_F_TIME, .flags = NEEDED};
    struct pal_field email = {
        .name = "v", .type = PAL_F_EMAIL, .flags = NEEDED, .min = 3, .max = 9};
    GOOD(&uuid, "{\"v\":\"5B0F9D7E-52a1-4d8b-9d3c-0b8a6d1c2f10\"}");
    BAD(&uuid, "{\"v\":\"5b0f9d7e\"}", "/v must be a UUID");
    BAD(&uuid, "{\"v\":1}", "/v must be a string");
    GOOD(&time, "{\"v\":\"2026-01-02T03:04:05Z\"}");
    BAD(&time, "{\"v\":\"yesterday\"}", "/v must be a time like 2026-01-02T03:04:05Z (RFC 3339)");
    GOOD(&email, "{\"v\":\"ana@b.com\"}");
    BAD(&email, "{\"v\":\"anna@b.com\"}", "/v must have at most 9 characters");
    BAD(&email, "{\"v\":\"ana\"}", "/v must be an e-mail address");
}

Test(validate, maps_from_ids_to_integers)
{
    struct pal_field f = {.name = "v", .type = PAL_F_MAP, .flags = NEEDED, .max = 2};
    GOOD(&f, "{\"v\":{}}");
    GOOD(&f, "{\"v\":{\"1\":0,\"9007199254740991\":9007199254740991}}");
    BAD(&f, "{\"v\":{\"1\":0,\"2\":0,\"3\":0}}", "/v must have at most 2 entries");
    BAD(&f, "{\"v\":{\"01\":0}}", "/v must have ids as keys");
    BAD(&f, "{\"v\":{\"x\":0}}", "/v must have ids as keys");
    BAD(&f, "{\"v\":{\"1\":-1}}", "/v/1 must be an integer from 0 to 9007199254740991");
    BAD(&f, "{\"v\":{\"1\":9007199254740992}}",
        "/v/1 must be an integer from 0 to 9007199254740991");
    BAD(&f, "{\"v\":{\"1\":\"2\"}}", "/v/1 must be an integer from 0 to 9007199254740991");
    BAD(&f, "{\"v\":[]}", "/v must be an object with ids as keys");
}

/* ---- presence ---- */

Test(validate, what_is_required_must_be_there)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN, .flags = NEEDED};
    BAD(&f, "{}", "/v is missing");
    BAD(&f, "", "/v is missing");
    f.flags = 0;
    GOOD(&f, "{}");
    GOOD(&f, "");
    BAD(&f, "{\"v\":null}", "/v must not be null");
    f.flags = PAL_FIELD_NULLABLE;
    GOOD(&f, "{\"v\":null}");
}

Test(validate, an_unknown_field_is_refused_by_name)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN};
    BAD(&f, "{\"w\":1}", "/w is not known here");
    BAD(&f, "{\"V\":true}", "/V is not known here");
    BAD(&f, "{\"a/b~c\":1}", "/a~1b~0c is not known here");
    BAD(&f, "{\"\":1}", "/ is not known here");
}

Test(validate, a_long_name_is_cut_at_a_whole_character)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN};
    char body[400];
    for (size_t ascii = 60; ascii < 96; ascii++) {
        memset(body, 'a', sizeof body);
        memcpy(body, "{\"", 2);
        for (size_t i = 0; i < 20; i++)
            memcpy(body + 2 + ascii + 4 * i, "🎉", 4);
        memcpy(body + 2 + ascii + 80, "\":1}", 5);
        const char *answer = verdict(&f, body);
        cr_assert(pal_utf8_valid(pal_str_of(answer), false), "%zu", ascii);
        cr_assert_not_null(strstr(answer, " is not known here"));
    }
}

Test(validate, defaults_are_filled_in)
{
    const struct pal_field fields[] = {
        {.name = "n", .type = PAL_F_INTEGER, .max = 9, .fallback = "5"},
        {.name = "s", .type = PAL_F_STRING, .max = 9, .fallback = "\"text\""},
        {.name = "l", .type = PAL_F_ARRAY, .item = &fields[0], .fallback = "[]"},
        {.name = "z", .type = PAL_F_STRING, .flags = PAL_FIELD_NULLABLE, .fallback = "null"},
    };
    struct pal_object desc = {fields, 4, false};
    struct pal_error err = {0};
    json_t *out = NULL;
    cr_assert_eq(pal_validate_text(&desc, PAL_STR("{\"n\":7}"), &out, &err), PAL_OK);
    char *text = json_dumps(out, JSON_COMPACT | JSON_SORT_KEYS);
    cr_assert_str_eq(text, "{\"l\":[],\"n\":7,\"s\":\"text\",\"z\":null}");
    free(text);
    json_decref(out);
}

/* ---- nesting ---- */

static const struct pal_field point_fields[] = {
    {.name = "x", .type = PAL_F_INTEGER, .flags = NEEDED, .max = 9},
    {.name = "y", .type = PAL_F_INTEGER, .max = 9, .fallback = "1"},
};
static const struct pal_object point = {point_fields, 2, false};
static const struct pal_field point_item = {.type = PAL_F_OBJECT, .object = &point};

Test(validate, objects_inside_objects)
{
    struct pal_field f = {.name = "v", .type = PAL_F_OBJECT, .flags = NEEDED, .object = &point};
    GOOD(&f, "{\"v\":{\"x\":1}}");
    BAD(&f, "{\"v\":{}}", "/v/x is missing");
    BAD(&f, "{\"v\":{\"x\":1,\"z\":1}}", "/v/z is not known here");
    BAD(&f, "{\"v\":[]}", "/v must be an object");
}

Test(validate, arrays_of_objects)
{
    struct pal_field f = {
        .name = "v", .type = PAL_F_ARRAY, .flags = NEEDED, .min = 1, .max = 2, .item = &point_item};
    GOOD(&f, "{\"v\":[{\"x\":1}]}");
    BAD(&f, "{\"v\":[]}", "/v must have at least 1 items");
    BAD(&f, "{\"v\":[{\"x\":1},{\"x\":10}]}", "/v/1/x must be from 0 to 9");
    BAD(&f, "{\"v\":[{\"x\":1},null]}", "/v/1 must not be null");
    BAD(&f, "{\"v\":[{\"x\":1},{\"x\":1},{\"x\":1}]}", "/v must have at most 2 items");
    BAD(&f, "{\"v\":{}}", "/v must be an array");
}

Test(validate, defaults_inside_arrays_are_filled_in_too)
{
    struct pal_field f = {.name = "v", .type = PAL_F_ARRAY, .max = 2, .item = &point_item};
    struct pal_object desc = {&f, 1, false};
    json_t *out = NULL;
    cr_assert_eq(pal_validate_text(&desc, PAL_STR("{\"v\":[{\"x\":1}]}"), &out, NULL), PAL_OK);
    const json_t *first = json_array_get(json_object_get(out, "v"), 0);
    cr_assert_eq(pal_json_int(first, "y", 0), 1);
    json_decref(out);
}

Test(validate, open_objects_take_anything)
{
    static const struct pal_object open = {NULL, 0, true};
    struct pal_field f = {.name = "v", .type = PAL_F_OBJECT, .flags = NEEDED, .object = &open};
    GOOD(&f, "{\"v\":{\"what\":[1,{\"ever\":null}]}}");
    BAD(&f, "{\"v\":1}", "/v must be an object");
}

/* Five levels of names of 40 characters do not fit into a pointer: what fits stays whole. */
Test(validate, deep_pointers_are_cut)
{
    static const char *const name = "a_name_of_exactly_forty_characters_12345";
    struct pal_field fields[5];
    struct pal_object objects[5];
    char body[400] = "";
    for (size_t i = 0; i < 5; i++) {
        fields[i] = (struct pal_field){.name = name, .type = PAL_F_OBJECT, .flags = NEEDED};
        objects[i] = (struct pal_object){&fields[i], 1, false};
        if (i)
            fields[i - 1].object = &objects[i];
        (void)snprintf(body + strlen(body), sizeof body - strlen(body), "{\"%s\":", name);
    }
    fields[4].type = PAL_F_INTEGER;
    (void)snprintf(body + strlen(body), sizeof body - strlen(body), "true}}}}}");
    struct pal_error err = {0};
    json_t *out = NULL;
    cr_assert_eq(pal_validate_text(&objects[0], pal_str_of(body), &out, &err), PAL_INVALID);
    cr_assert_lt(strlen(err.fields[0].pointer), sizeof err.fields[0].pointer);
    cr_assert_str_eq(err.fields[0].detail, "must be an integer");
}

/* ---- the whole ---- */

Test(validate, every_wrong_field_is_named_up_to_the_errors_room)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN};
    struct pal_object desc = {&f, 1, false};
    struct pal_error err = {0};
    json_t *out = NULL;
    cr_assert_eq(pal_validate_text(&desc, PAL_STR("{\"v\":1,\"a\":1,\"b\":1}"), &out, &err),
                 PAL_INVALID);
    cr_assert_eq(err.n_fields, 3);
    cr_assert_str_eq(err.detail, "Several fields are wrong.");
    pal_error_clear(&err);
    struct pal_buf many;
    pal_buf_init(&many, 1 << 20);
    for (int i = 0; i < 5000; i++)
        pal_buf_printf(&many, "%s\"k%d\":1", i ? "," : "{", i);
    pal_buf_char(&many, '}');
    cr_assert_eq(pal_validate_text(&desc, pal_buf_view(&many), &out, &err), PAL_INVALID);
    cr_assert_eq(err.n_fields, PAL_ERROR_FIELDS_MAX);
    pal_buf_fini(&many);
}

Test(validate, what_is_not_an_object_is_refused)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN};
    BAD(&f, "[]", " must be an object");
    BAD(&f, "1", " must be an object");
    BAD(&f, "null", " must be an object");
}

Test(validate, what_is_not_json_cannot_be_read)
{
    static const char *const texts[] = {"{",
                                        "{\"v\":tru}",
                                        "{\"v\":1}x",
                                        "{'v':1}",
                                        "{\"v\":1,\"v\":2}",
                                        "{\"v\":\"\\u0000\"}",
                                        "\xff",
                                        "{\"v\":\"\\ud800\"}",
                                        "{\"v\":NaN}",
                                        "{\"v\":01}",
                                        " "};
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN};
    struct pal_object desc = {&f, 1, false};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct pal_error err = {0};
        json_t *out = NULL;
        cr_assert_eq(pal_validate_text(&desc, pal_str_of(texts[i]), &out, &err), PAL_INVALID);
        cr_assert_eq(err.def, &pal_err_request_malformed, "%s", texts[i]);
        cr_assert_null(out);
    }
}

Test(validate, an_error_is_not_needed)
{
    struct pal_field f = {.name = "v", .type = PAL_F_BOOLEAN, .flags = NEEDED};
    struct pal_object desc = {&f, 1, false};
    json_t *out = NULL;
    cr_assert_eq(pal_validate_text(&desc, PAL_STR("{}"), &out, NULL), PAL_INVALID);
    cr_assert_eq(pal_validate_text(&desc, PAL_STR("{"), &out, NULL), PAL_INVALID);
}

Test(validate, the_catalogues_own_descriptors_work)
{
    struct pal_error err = {0};
    json_t *out = NULL;
    struct pal_str text = PAL_STR("{\"channel_id\":1,\"content\":\"hola\\n\"}");
    cr_assert_eq(pal_validate_text(pal_cmd_message_create.request, text, &out, &err), PAL_OK);
    cr_assert(pal_str_eq(pal_json_str(out, "message_type"), PAL_STR("text")));
    json_decref(out);
    cr_assert_eq(pal_validate_text(pal_cmd_resume.request, PAL_STR("{\"positions\":{\"1\":42}}"),
                                   &out, &err),
                 PAL_OK);
    json_decref(out);
}

/* ---- memory that runs out ---- */

static int allocations_left;

static void *scarce(size_t n)
{
    return allocations_left-- > 0 ? malloc(n) : NULL;
}

Test(validate, memory_that_runs_out_is_no_fault_of_the_caller)
{
    struct pal_field f = {.name = "v", .type = PAL_F_STRING, .max = 9, .fallback = "\"text\""};
    struct pal_object desc = {&f, 1, false};
    json_set_alloc_funcs(scarce, free);
    bool done = false;
    for (int n = 0; n < 50 && !done; n++) {
        struct pal_error err = {0};
        json_t *out = NULL;
        allocations_left = n;
        done = pal_validate_text(&desc, PAL_STR(""), &out, &err) == PAL_OK;
        allocations_left = INT_MAX;
        cr_assert(done || err.def == &pal_err_service_unavailable, "%d: %s", n, err.detail);
        json_decref(out);
    }
    cr_assert(done);
}
