/* Byte strings and whole-string numbers. */
#include "base/str.h"

#include <criterion/criterion.h>

Test(str, compares_with_and_without_case)
{
    cr_assert(pal_str_eq(PAL_STR(""), (struct pal_str){NULL, 0}));
    cr_assert(!pal_str_eq(PAL_STR("a"), PAL_STR("A")));
    cr_assert(pal_str_caseeq(PAL_STR("aZ-"), PAL_STR("Az-")));
    cr_assert(!pal_str_caseeq(PAL_STR("@"), PAL_STR("`")));
    cr_assert(pal_str_starts(PAL_STR("abc"), PAL_STR("ab")));
    cr_assert(pal_str_starts(PAL_STR("abc"), PAL_STR("")));
    cr_assert(!pal_str_starts(PAL_STR("a"), PAL_STR("ab")));
}

Test(str, trims_ascii_white_space)
{
    cr_assert(pal_str_eq(pal_str_trim(PAL_STR(" \t\r\n a b \v\f")), PAL_STR("a b")));
    cr_assert_eq(pal_str_trim(PAL_STR("   ")).n, 0);
}

Test(str, cuts_at_the_first_separator)
{
    struct pal_str head;
    struct pal_str rest = pal_str_cut(PAL_STR("a,b,c"), ',', &head);
    cr_assert(pal_str_eq(head, PAL_STR("a")) && pal_str_eq(rest, PAL_STR("b,c")));
    rest = pal_str_cut(PAL_STR("a,"), ',', &head);
    cr_assert(pal_str_eq(head, PAL_STR("a")) && rest.p != NULL && rest.n == 0);
    rest = pal_str_cut(PAL_STR("a"), ',', &head);
    cr_assert(pal_str_eq(head, PAL_STR("a")) && rest.p == NULL);
    rest = pal_str_cut((struct pal_str){NULL, 0}, ',', &head);
    cr_assert(head.n == 0 && rest.p == NULL);
}

static int64_t signed_of(const char *z, int64_t otherwise)
{
    int64_t v;
    return pal_parse_i64(pal_str_of(z), &v) ? v : otherwise;
}

Test(str, reads_integers_to_both_ends_of_their_range)
{
    uint64_t u;
    cr_assert_eq(signed_of("0", 1), 0);
    cr_assert_eq(signed_of("-0", 1), 0);
    cr_assert_eq(signed_of("007", 1), 7);
    cr_assert_eq(signed_of("9223372036854775807", 0), INT64_MAX);
    cr_assert_eq(signed_of("-9223372036854775808", 0), INT64_MIN);
    cr_assert(pal_parse_u64(PAL_STR("18446744073709551615"), &u) && u == UINT64_MAX);
}

Test(str, refuses_what_is_not_wholly_an_integer)
{
    static const char *const wrong[] = {"",
                                        "-",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.0",
                                        "0x1",
                                        "1e3",
                                        "--1",
                                        "١",
                                        "9223372036854775808",
                                        "-9223372036854775809",
                                        "18446744073709551616",
                                        "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(signed_of(wrong[i], -99), -99, "%s", wrong[i]);
    uint64_t u;
    cr_assert(!pal_parse_u64(PAL_STR("-1"), &u));
    cr_assert(!pal_parse_u64(PAL_STR("18446744073709551616"), &u));
    cr_assert(!pal_parse_u64(PAL_STR("1\0"), &u));
}

Test(str, reads_booleans_by_their_eight_names)
{
    bool b = false;
    cr_assert(pal_parse_bool(PAL_STR("Yes"), &b) && b);
    cr_assert(pal_parse_bool(PAL_STR("off"), &b) && !b);
    cr_assert(pal_parse_bool(PAL_STR("1"), &b) && b);
    cr_assert(!pal_parse_bool(PAL_STR("y"), &b));
    cr_assert(!pal_parse_bool(PAL_STR(""), &b));
}

Test(str, compares_secrets)
{
    cr_assert(pal_secret_eq("abcd", "abcd", 4));
    cr_assert(!pal_secret_eq("abcd", "abce", 4));
    cr_assert(!pal_secret_eq("xbcd", "abcd", 4));
    cr_assert(pal_secret_eq("", "x", 0));
}
