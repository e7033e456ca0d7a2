/* Bounded JSON. */
#include "base/json.h"

#include "base/limits.h"

#include <criterion/criterion.h>

static bool accepted(struct pal_str text)
{
    char why[80] = "";
    json_t *v = pal_json_parse(text, why);
    cr_assert(v || why[0], "a reason is given");
    json_decref(v);
    return v != NULL;
}

static bool nested(size_t depth, char open, char close)
{
    char text[256];
    size_t n = 0;
    for (size_t i = 0; i < depth; i++)
        text[n++] = open;
    for (size_t i = 0; i < depth; i++)
        text[n++] = close;
    return accepted((struct pal_str){text, n});
}

Test(json, any_value_is_a_document)
{
    cr_assert(accepted(PAL_STR("{}")));
    cr_assert(accepted(PAL_STR(" [1, 2.5, true, null, \"x\"] ")));
    cr_assert(accepted(PAL_STR("\"x\"")));
    cr_assert(accepted(PAL_STR("12")));
}

Test(json, malformed_text_is_refused)
{
    cr_assert(!accepted(PAL_STR("")));
    cr_assert(!accepted(PAL_STR("{")));
    cr_assert(!accepted(PAL_STR("{} {}")));
    cr_assert(!accepted(PAL_STR("{'a':1}")));
    cr_assert(!accepted(PAL_STR("\"unfinished")));
    cr_assert(!accepted(PAL_STR("\"unfinished\\")));
    cr_assert(!accepted(PAL_STR("{\"a\":99999999999999999999}")));
    cr_assert(!accepted(PAL_STR("{}\0")));
}

Test(json, depth_is_limited)
{
    cr_assert(nested(PAL_JSON_DEPTH_MAX, '[', ']'));
    cr_assert(!nested(PAL_JSON_DEPTH_MAX + 1, '[', ']'));
    cr_assert(!nested(PAL_JSON_DEPTH_MAX + 1, '{', '}'));
    cr_assert(!nested(100, '[', ']'));
}

Test(json, brackets_in_strings_do_not_count)
{
    cr_assert(accepted(PAL_STR("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[\"")));
    cr_assert(accepted(PAL_STR("\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[\"")));
    cr_assert(!accepted(PAL_STR("[\"\\\\\",[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]")));
}

Test(json, duplicate_keys_are_refused)
{
    cr_assert(!accepted(PAL_STR("{\"a\":1,\"a\":2}")));
    cr_assert(!accepted(PAL_STR("{\"a\":1,\"\\u0061\":2}")));
}

Test(json, nul_escapes_are_refused_wherever_they_stand)
{
    cr_assert(!accepted(PAL_STR("\"\\u0000\"")));
    cr_assert(!accepted(PAL_STR("{\"a\\u0000b\":1}")));
    cr_assert(accepted(PAL_STR("\"\\\\u0000\"")), "an escaped backslash before u0000 is no NUL");
    cr_assert(!accepted(PAL_STR("\"\\\\\\u0000\"")));
}

Test(json, invalid_utf8_and_lone_surrogates_are_refused)
{
    cr_assert(!accepted(PAL_STR("\"\xff\"")));
    cr_assert(!accepted(PAL_STR("\"\xed\xa0\x80\"")));
    cr_assert(!accepted(PAL_STR("\"\\ud800\"")));
    cr_assert(accepted(PAL_STR("\"\\ud83d\\ude42\"")));
}

Test(json, reasons_do_not_repeat_the_input)
{
    char why[80] = "";
    cr_assert_null(pal_json_parse(PAL_STR("{\"password\": hunter2}"), why));
    cr_assert_null(strstr(why, "hunter2"), "%s", why);
}

Test(json, dumps_compactly_within_the_buffer)
{
    char why[80];
    struct pal_buf out;
    json_t *v = pal_json_parse(PAL_STR("{ \"a\" : [1, \"\xc3\xa9\"] }"), why);
    pal_buf_init(&out, 100);
    cr_assert(pal_json_dump(v, &out));
    cr_assert_str_eq(out.p, "{\"a\":[1,\"\xc3\xa9\"]}");
    pal_buf_fini(&out);
    pal_buf_init(&out, 5);
    cr_assert(!pal_json_dump(v, &out));
    pal_buf_fini(&out);
    json_decref(v);
}

Test(json, reads_members_with_fallbacks)
{
    char why[80];
    json_t *o = pal_json_parse(PAL_STR("{\"i\":5,\"s\":\"x\",\"b\":true,\"n\":null}"), why);
    cr_assert_eq(pal_json_int(o, "i", 1), 5);
    cr_assert_eq(pal_json_int(o, "n", 1), 1);
    cr_assert_eq(pal_json_int(o, "absent", 1), 1);
    cr_assert_eq(pal_json_bool(o, "b", false), true);
    cr_assert_eq(pal_json_bool(o, "n", true), true);
    cr_assert(pal_str_eq(pal_json_str(o, "s"), PAL_STR("x")));
    cr_assert_null(pal_json_str(o, "n").p);
    cr_assert(pal_json_has(o, "n"));
    cr_assert(!pal_json_has(o, "absent"));
    json_decref(o);
}
