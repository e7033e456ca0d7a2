/* Request targets: what is decoded, what is refused. */
#include "http/query.h"

#include <criterion/criterion.h>

static struct pal_arena arena;
static struct pal_query query;

static void setup(void)
{
    pal_arena_init(&arena, 1 << 16);
}
static void teardown(void)
{
    pal_arena_fini(&arena);
}
TestSuite(query, .init = setup, .fini = teardown);

static bool parse(const char *text)
{
    return pal_query_parse(pal_str_of(text), &arena, &query);
}

static bool has(const char *name, const char *value)
{
    return pal_str_eq(pal_query_get(&query, pal_str_of(name)), pal_str_of(value));
}

Test(query, names_and_values_are_decoded)
{
    cr_assert(parse("q=caf%C3%A9+solo&limit=50&&flag"));
    cr_assert(has("q", "café solo"));
    cr_assert(has("limit", "50"));
    cr_assert(has("flag", ""));
    cr_assert_not_null(pal_query_get(&query, PAL_STR("flag")).p);
    cr_assert_null(pal_query_get(&query, PAL_STR("absent")).p);
}

Test(query, broken_escapes_are_refused)
{
    cr_assert_not(parse("a=%"));
    cr_assert_not(parse("a=%1"));
    cr_assert_not(parse("a=%zz"));
    cr_assert_not(parse("%0g=1"));
}

Test(query, nul_and_bad_utf8_are_refused)
{
    cr_assert_not(parse("a=%00"));
    cr_assert_not(parse("a=%ff"));
    cr_assert_not(parse("a=%c0%80"));
}

Test(query, a_parameter_given_twice_is_refused)
{
    cr_assert_not(parse("a=1&a=2"));
}

Test(query, more_than_the_maximum_is_refused)
{
    char text[PAL_QUERY_PARAMS_MAX * 4 + 16];
    size_t n = 0;
    for (int i = 0; i <= PAL_QUERY_PARAMS_MAX; i++) {
        text[n++] = (char)('A' + i % 26);
        text[n++] = (char)('a' + i / 26);
        text[n++] = '&';
    }
    text[n] = '\0';
    cr_assert_not(parse(text));
}

Test(path, well_formed_paths_pass)
{
    cr_assert(pal_path_ok(PAL_STR("/")));
    cr_assert(pal_path_ok(PAL_STR("/channels/1/messages")));
    cr_assert(pal_path_ok(PAL_STR("/caf%C3%A9/")));
}

Test(path, traversal_and_hidden_characters_are_refused)
{
    static const char *const bad[] = {"",       "x",      "/..",   "/a/../b", "/%2e%2e/x", "/%2E",
                                      "/a%2fb", "/a%5Cb", "/a%00", "/a%0ab",  "/a%ff",     "/%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(pal_path_ok(pal_str_of(bad[i])), "%s", bad[i]);
}
