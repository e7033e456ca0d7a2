#include "domain/emoji.h"
#include "domain/emoji_list.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect(enum emoji_kind kind, const char *in, const char *out)
{
    struct pal_str got = {NULL, 0};
    cr_assert_eq(emoji_read(pal_str_of(in), &got), kind, "\"%s\"", in);
    if (kind == EMOJI_NONE)
        cr_assert_null(got.p);
    else
        cr_assert(pal_str_eq(got, pal_str_of(out)), "\"%s\" became \"%.*s\"", in, (int)got.n,
                  got.p);
}

Test(emoji, of_unicode_are_known)
{
    expect(EMOJI_UNICODE, "👍", "👍");
    expect(EMOJI_UNICODE, "😀", "😀");
    expect(EMOJI_UNICODE, "🏳️‍🌈", "🏳️‍🌈");
    expect(EMOJI_UNICODE, "🇪🇸", "🇪🇸");
    expect(EMOJI_UNICODE, "1️⃣", "1️⃣");
    expect(EMOJI_UNICODE, "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦");
    expect(EMOJI_UNICODE, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿");
}

Test(emoji, are_one_with_and_without_variation_selectors)
{
    expect(EMOJI_UNICODE, "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f");
    expect(EMOJI_UNICODE, "\xe2\x9d\xa4", "\xe2\x9d\xa4\xef\xb8\x8f");
    expect(EMOJI_UNICODE, "\xe2\x9d\xa4\xef\xb8\x8e", "\xe2\x9d\xa4\xef\xb8\x8f");
    expect(EMOJI_UNICODE, "👍\xef\xb8\x8f", "👍");
    expect(EMOJI_UNICODE, "1\xe2\x83\xa3", "1️⃣");
    expect(EMOJI_UNICODE, "🏳‍🌈", "🏳️‍🌈");
}

Test(emoji, keep_their_skin_tones)
{
    expect(EMOJI_UNICODE, "👍🏽", "👍🏽");
    expect(EMOJI_UNICODE, "👩🏻‍❤️‍💋‍👨🏿",
           "👩🏻‍❤️‍💋‍👨🏿");
    expect(EMOJI_UNICODE, "👩🏻‍❤‍💋‍👨🏿",
           "👩🏻‍❤️‍💋‍👨🏿");
}

Test(emoji, are_not_what_is_something_else)
{
    static const char *const none[] = {"",
                                       "a",
                                       "1",
                                       "👍👍",
                                       "👍 ",
                                       " 👍",
                                       "🏽",
                                       "\xef\xb8\x8f",
                                       "\xe2\x80\x8d",
                                       "🇪",
                                       "😀🏽",
                                       "::",
                                       "hello",
                                       ":",
                                       "👍\xe2\x80\x8d",
                                       "\xff",
                                       "\xef\xb8",
                                       "ñ"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        expect(EMOJI_NONE, none[i], NULL);
}

Test(emoji, of_the_organisation_stand_between_colons)
{
    expect(EMOJI_CUSTOM, ":party-parrot:", "party-parrot");
    expect(EMOJI_CUSTOM, ":+1:", "+1");
    expect(EMOJI_CUSTOM, ":a:", "a");
    expect(EMOJI_NONE, ":Party:", NULL);
    expect(EMOJI_NONE, ":a b:", NULL);
    expect(EMOJI_NONE, ":-a:", NULL);
    expect(EMOJI_NONE, ":_a:", NULL);
    expect(EMOJI_NONE, ":ñ:", NULL);
    expect(EMOJI_NONE, ":a", NULL);
    expect(EMOJI_NONE, "a:", NULL);
    expect(EMOJI_NONE, ":::", NULL);
    expect(EMOJI_NONE, ":👍:", NULL);
}

Test(emoji, names_have_a_longest)
{
    char name[EMOJI_NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    cr_assert(emoji_name_valid((struct pal_str){name, EMOJI_NAME_MAX}));
    cr_assert_not(emoji_name_valid((struct pal_str){name, EMOJI_NAME_MAX + 1}));
    cr_assert_not(emoji_name_valid((struct pal_str){name, 0}));
}

Test(emoji, of_the_list_are_all_found_as_themselves)
{
    cr_assert_gt(emoji_count, 3000);
    for (size_t i = 0; i < emoji_count; i++) {
        struct pal_str one = {emoji_text + emoji_offsets[i],
                              (size_t)(emoji_offsets[i + 1] - emoji_offsets[i])};
        struct pal_str got = {NULL, 0};
        cr_assert_eq(emoji_read(one, &got), EMOJI_UNICODE);
        cr_assert_eq(got.p, one.p);
    }
}
