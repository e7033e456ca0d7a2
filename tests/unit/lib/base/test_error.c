/* Filling in errors. */
#include "base/error.h"
#include "base/str.h"

#include <criterion/criterion.h>

static const struct pal_err_def muted = {"channel.muted", "Muted", 403, PAL_FORBIDDEN};

Test(error, setting_returns_the_class_and_keeps_the_reason)
{
    struct pal_error err = {0};
    cr_assert_eq(pal_error_set(&err, &muted, "until %d", 5), PAL_FORBIDDEN);
    cr_assert_eq(err.def, &muted);
    cr_assert_str_eq(err.detail, "until 5");
    pal_error_clear(&err);
    cr_assert_null(err.def);
    cr_assert_str_empty(err.detail);
}

Test(error, works_without_a_place_for_details)
{
    cr_assert_eq(pal_error_set(NULL, &muted, "x"), PAL_FORBIDDEN);
    pal_error_field(NULL, "/a", "x");
    pal_error_member(NULL, "a", "b");
    pal_error_clear(NULL);
}

Test(error, long_texts_are_cut_at_whole_characters)
{
    struct pal_error err = {0};
    char text[400];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 4)
            memcpy(text + i, "\xF0\x9F\x99\x82", 5);
        (void)pal_error_set(&err, &muted, "%s", text);
        cr_assert(pal_utf8_valid(pal_str_of(err.detail), false));
        cr_assert_gt(strlen(err.detail), PAL_ERROR_DETAIL_MAX - 6);
    }
    pal_error_member(&err, "member", text);
    cr_assert(pal_utf8_valid(pal_str_of(err.members[0].value), false));
}

Test(error, is_silently_full_after_the_last_field)
{
    struct pal_error err = {0};
    for (int i = 0; i < 20; i++) {
        pal_error_field(&err, "/content", "number %d", i);
        pal_error_member(&err, "expires_at", "now");
    }
    cr_assert_eq(err.n_fields, PAL_ERROR_FIELDS_MAX);
    cr_assert_eq(err.n_members, PAL_ERROR_MEMBERS_MAX);
    cr_assert_str_eq(err.fields[7].detail, "number 7");
}
