#include "domain/names.h"

#include <criterion/criterion.h>

static void expect_name(const char *in, const char *out)
{
    struct pal_str got = {NULL, 0};
    cr_assert(channel_name_clean(pal_str_of(in), &got), "refused: \"%s\"", in);
    cr_assert(pal_str_eq(got, pal_str_of(out)), "\"%s\" became \"%.*s\"", in, (int)got.n, got.p);
}

static void expect_none(const char *in)
{
    struct pal_str got = {NULL, 0};
    cr_assert_not(channel_name_clean(pal_str_of(in), &got), "accepted: \"%s\"", in);
    cr_assert_null(got.p);
}

Test(channel_name, loses_white_space_around_and_a_leading_hash)
{
    expect_name("general", "general");
    expect_name("  general\t", "general");
    expect_name("#general", "general");
    expect_name(" # general ", "general");
    expect_name("equipo de ventas", "equipo de ventas");
    expect_name("c#", "c#");
    expect_name("##", "#");
}

Test(channel_name, of_nothing_is_none)
{
    expect_none("");
    expect_none("   ");
    expect_none("#");
    expect_none(" # ");
    expect_none("\xe2\x80\x8b"); /* zero width space */
}

Test(text, of_white_space_of_any_kind_is_blank)
{
    cr_assert(text_is_blank(PAL_STR("")));
    cr_assert(text_is_blank(PAL_STR(" \t\r\n\v\f")));
    cr_assert(text_is_blank(PAL_STR("\xc2\xa0 \xe2\x80\x83\xe3\x80\x80\xef\xbb\xbf")));
}

Test(text, with_anything_else_is_not)
{
    cr_assert_not(text_is_blank(PAL_STR("x")));
    cr_assert_not(text_is_blank(PAL_STR("  .")));
    cr_assert_not(text_is_blank(PAL_STR("\xc2\xa1")));
    cr_assert_not(text_is_blank(PAL_STR("\xe2\x80\x94"))); /* a dash */
    cr_assert_not(text_is_blank(PAL_STR("\xe3\x81\x82")));
    cr_assert_not(text_is_blank(PAL_STR("\xef\xbb\xbfx")));
    cr_assert_not(text_is_blank(PAL_STR("\xf0\x9f\x91\x8d")));
}
