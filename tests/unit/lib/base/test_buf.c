/* The growable buffer. */
#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(buf, stays_terminated_while_it_grows)
{
    struct pal_buf b;
    pal_buf_init(&b, 10000);
    for (size_t i = 0; i < 5000; i++) {
        pal_buf_char(&b, 'a');
        cr_assert_eq(b.p[b.n], '\0');
    }
    cr_assert_eq(strlen(b.p), 5000);
    pal_buf_fini(&b);
}

Test(buf, fills_to_the_last_byte_of_its_maximum)
{
    struct pal_buf b;
    pal_buf_init(&b, 5);
    pal_buf_z(&b, "12345");
    cr_assert(!b.failed);
    cr_assert_str_eq(b.p, "12345");
    pal_buf_char(&b, '6');
    cr_assert(b.failed);
    cr_assert_str_eq(b.p, "12345");
    pal_buf_fini(&b);
}

Test(buf, failure_sticks_until_cleared)
{
    struct pal_buf b;
    pal_buf_init(&b, 4);
    pal_buf_z(&b, "12345");
    pal_buf_z(&b, "1");
    cr_assert(b.failed);
    cr_assert_eq(b.n, 0);
    pal_buf_clear(&b);
    pal_buf_z(&b, "1");
    cr_assert(!b.failed);
    cr_assert_str_eq(b.p, "1");
    pal_buf_fini(&b);
}

Test(buf, formats_beyond_what_is_allocated)
{
    struct pal_buf b;
    pal_buf_init(&b, 1000);
    pal_buf_printf(&b, "%0500d", 7);
    cr_assert_eq(b.n, 500);
    pal_buf_printf(&b, "%0501d", 7);
    cr_assert(b.failed);
    cr_assert_eq(b.n, 500);
    pal_buf_fini(&b);
}

Test(buf, writes_integers)
{
    struct pal_buf b;
    pal_buf_init(&b, 100);
    pal_buf_int(&b, 0);
    pal_buf_char(&b, ' ');
    pal_buf_int(&b, INT64_MIN);
    pal_buf_char(&b, ' ');
    pal_buf_int(&b, INT64_MAX);
    cr_assert_str_eq(b.p, "0 -9223372036854775808 9223372036854775807");
    pal_buf_fini(&b);
}

Test(buf, escapes_json_strings)
{
    struct pal_buf b;
    pal_buf_init(&b, 1000);
    pal_buf_json_str(&b, PAL_STR("a\"b\\c\n\t\r\b\f\x01\x1f é/\0."));
    cr_assert_str_eq(b.p, "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f é/\\u0000.\"");
    pal_buf_clear(&b);
    pal_buf_json_str(&b, (struct pal_str){NULL, 0});
    cr_assert_str_eq(b.p, "\"\"");
    pal_buf_fini(&b);
}

Test(buf, a_json_string_that_does_not_fit_leaves_nothing)
{
    struct pal_buf b;
    pal_buf_init(&b, 6);
    pal_buf_char(&b, '[');
    pal_buf_json_str(&b, PAL_STR("abcd\n"));
    cr_assert(b.failed);
    cr_assert_str_eq(b.p, "[");
    pal_buf_fini(&b);
}

Test(buf, reserves_commits_and_consumes)
{
    struct pal_buf b;
    pal_buf_init(&b, 100);
    char *room = pal_buf_reserve(&b, 10);
    cr_assert(room);
    memcpy(room, "0123456789", 10);
    pal_buf_commit(&b, 7);
    pal_buf_consume(&b, 3);
    cr_assert_str_eq(b.p, "3456");
    pal_buf_consume(&b, 4);
    cr_assert_eq(b.n, 0);
    cr_assert_null(pal_buf_reserve(&b, 101));
    pal_buf_fini(&b);
}

Test(buf, gives_its_memory_away)
{
    struct pal_buf b;
    size_t n = 99;
    pal_buf_init(&b, 100);
    char *empty = pal_buf_steal(&b, &n);
    cr_assert_str_eq(empty, "");
    cr_assert_eq(n, 0);
    free(empty);
    pal_buf_z(&b, "mine");
    char *text = pal_buf_steal(&b, &n);
    cr_assert_str_eq(text, "mine");
    cr_assert_eq(n, 4);
    cr_assert_null(b.p);
    free(text);
    pal_buf_fini(&b);
}
