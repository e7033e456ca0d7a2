/* Emoji of reactions: any bytes. What is read is kept in one way, however it is written. */
#include "domain/emoji.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_same(struct pal_str text, struct pal_str kept)
{
    struct pal_str again = {NULL, 0};
    if (emoji_read(text, &again) != EMOJI_UNICODE || again.p != kept.p || again.n != kept.n)
        __builtin_trap();
}

/* With its variation selectors, and without them. */
static void check_unicode(struct pal_str kept)
{
    char bare[128];
    size_t n = 0;
    if (kept.n > sizeof bare || !pal_utf8_valid(kept, false))
        __builtin_trap();
    for (size_t i = 0; i < kept.n;) {
        bool selector = kept.n - i >= 3 && memcmp(kept.p + i, "\xef\xb8\x8f", 3) == 0;
        if (!selector)
            bare[n++] = kept.p[i];
        i += selector ? 3 : 1;
    }
    expect_same(kept, kept);
    expect_same((struct pal_str){bare, n}, kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str text = {(const char *)data, size}, kept = {NULL, 0};
    switch (emoji_read(text, &kept)) {
    case EMOJI_NONE:
        if (kept.p)
            __builtin_trap();
        break;
    case EMOJI_UNICODE:
        check_unicode(kept);
        break;
    case EMOJI_CUSTOM:
        if (!emoji_name_valid(kept) || kept.p != text.p + 1 || kept.n + 2 != text.n)
            __builtin_trap();
        break;
    }
    return 0;
}
