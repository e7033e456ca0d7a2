/* UTF-8 validation against every code point and the usual malformations. */
#include "base/str.h"

#include <criterion/criterion.h>

static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(lead[n] | c);
    return n;
}

Test(utf8, accepts_all_scalar_values_and_no_surrogates)
{
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char text[4];
        struct pal_str s = {text, encode(c, text)};
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        if (pal_utf8_valid(s, false) == surrogate)
            cr_assert_fail("U+%04X", c);
        if (s.n > 1 && pal_utf8_valid((struct pal_str){text, s.n - 1}, false))
            cr_assert_fail("cut U+%04X", c);
    }
}

Test(utf8, refuses_malformed_sequences)
{
    static const char *const wrong[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xC3",
        "\xE2\x82",
        "\xC3(",
        "\xE2(\xA1",
        "\xE2\x82(",
        "ok\xC3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert(!pal_utf8_valid(pal_str_of(wrong[i]), true), "%zu", i);
}

Test(utf8, nul_is_valid_only_when_asked_for)
{
    cr_assert(pal_utf8_valid(PAL_STR("a\0b"), true));
    cr_assert(!pal_utf8_valid(PAL_STR("a\0b"), false));
    cr_assert(pal_utf8_valid((struct pal_str){NULL, 0}, false));
}

Test(utf8, counts_code_points)
{
    cr_assert_eq(pal_utf8_length(PAL_STR("")), 0);
    cr_assert_eq(pal_utf8_length(PAL_STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x99\x82")), 4);
}

Test(utf8, every_character_is_written_and_read_back)
{
    char text[4];
    uint32_t c;
    for (uint32_t i = 0; i <= 0x110000; i++) {
        size_t n = pal_utf8_put(i, text);
        bool is_none = (i >= 0xD800 && i < 0xE000) || i > 0x10FFFF;
        if ((n == 0) != is_none)
            cr_assert_fail("U+%04X", i);
        if (n > 0 && (pal_utf8_next((struct pal_str){text, n}, &c) != n || c != i))
            cr_assert_fail("U+%04X is read as U+%04X", i, c);
        if (n > 1 && pal_utf8_next((struct pal_str){text, n - 1}, &c) != 0)
            cr_assert_fail("cut U+%04X", i);
    }
    cr_assert_eq(pal_utf8_next((struct pal_str){NULL, 0}, &c), 0);
}
