/* Server-Sent Events: the lines, and positions to resume from. */
#include "domain/sse.h"

#include <criterion/criterion.h>

Test(sse, an_event_has_id_name_and_data)
{
    struct pal_buf b;
    pal_buf_init(&b, 4096);
    sse_event(&b, 7, PAL_STR("notification"), PAL_STR("{}"));
    cr_assert(pal_str_eq(pal_buf_view(&b), PAL_STR("id: 7\nevent: notification\ndata: {}\n\n")));
    pal_buf_fini(&b);
}

Test(sse, the_header_goes_before_the_query)
{
    int64_t at = 0;
    bool bad = true;
    cr_assert(sse_position(PAL_STR("5"), PAL_STR("9"), &at, &bad));
    cr_assert_eq(at, 5);
    cr_assert(sse_position((struct pal_str){0}, PAL_STR("9"), &at, &bad));
    cr_assert_eq(at, 9);
    cr_assert_not(bad);
}

Test(sse, nothing_given_is_no_position)
{
    int64_t at = 3;
    bool bad = true;
    cr_assert_not(sse_position((struct pal_str){0}, (struct pal_str){0}, &at, &bad));
    cr_assert_not(bad);
    cr_assert_eq(at, 3);
}

Test(sse, what_is_not_a_number_is_bad)
{
    int64_t at = 0;
    bool bad = false;
    cr_assert_not(sse_position(PAL_STR("abc"), (struct pal_str){0}, &at, &bad));
    cr_assert(bad);
    cr_assert_not(sse_position(PAL_STR("-1"), (struct pal_str){0}, &at, &bad));
    cr_assert(bad);
}
