/* UTF-8 in pieces, against the same question asked of the whole (lib/base). */
#include "base/str.h"
#include "ws_utf8.h"

#include <criterion/criterion.h>
#include <string.h>

static bool in_one(const uint8_t *p, size_t n)
{
    struct ws_utf8 u = {0};
    return ws_utf8_feed(&u, p, n) && ws_utf8_whole(&u);
}

static bool in_two(const uint8_t *p, size_t n, size_t cut)
{
    struct ws_utf8 u = {0};
    return ws_utf8_feed(&u, p, cut) && ws_utf8_feed(&u, p + cut, n - cut) && ws_utf8_whole(&u);
}

static bool whole(const uint8_t *p, size_t n)
{
    return pal_utf8_valid((struct pal_str){(const char *)p, n}, true);
}

Test(ws_utf8, says_the_same_of_all_short_texts_as_a_look_at_the_whole)
{
    size_t wrong = 0;
    for (uint32_t v = 0; v < 1U << 24; v++) {
        const uint8_t text[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
        bool valid = whole(text, 3);
        wrong +=
            in_one(text, 3) != valid || in_two(text, 3, 1) != valid || in_two(text, 3, 2) != valid;
    }
    cr_expect_eq(wrong, 0);
}

Test(ws_utf8, says_the_same_of_all_of_four_bytes)
{
    size_t wrong = 0;
    for (uint32_t v = 0; v < 1U << 16; v++) { /* the first two decide; the others at their bounds */
        static const uint8_t ends[] = {0x7f, 0x80, 0xbf, 0xc0};
        for (size_t i = 0; i < 16; i++) {
            const uint8_t text[4] = {(uint8_t)(v >> 8), (uint8_t)v, ends[i / 4], ends[i % 4]};
            wrong += in_one(text, 4) != whole(text, 4) || in_two(text, 4, 3) != whole(text, 4);
        }
    }
    cr_expect_eq(wrong, 0);
}

Test(ws_utf8, tells_with_the_first_wrong_byte)
{
    static const char *const never[] = {"\x80",
                                        "\xc0",
                                        "\xc1",
                                        "\xf5",
                                        "\xff",
                                        "\xe0\x9f",
                                        "\xed\xa0",
                                        "\xf0\x8f",
                                        "\xf4\x90",
                                        "\xe2\x82\x7f",
                                        "abcdefgh\xf0\x9f\x91\xc0"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        struct ws_utf8 u = {0};
        size_t n = strlen(never[i]);
        cr_expect(ws_utf8_feed(&u, (const uint8_t *)never[i], n - 1), "%zu", i);
        cr_expect_not(ws_utf8_feed(&u, (const uint8_t *)never[i] + n - 1, 1), "%zu", i);
    }
}
