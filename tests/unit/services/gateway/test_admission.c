/* Over which time clients are asked to come back. */
#include "admission.h"

#include <criterion/criterion.h>

Test(admission, one_alone_is_back_soon)
{
    struct spread s = admission_spread(0);
    cr_assert_geq(s.min_ms, 0);
    cr_assert_gt(s.max_ms, s.min_ms);
    cr_assert_leq(s.max_ms, 1000);
}

Test(admission, the_more_the_longer_up_to_a_minute)
{
    int64_t before = 0;
    for (size_t n = 0; n < 200000; n += 1000) {
        struct spread s = admission_spread(n);
        cr_assert_geq(s.max_ms, before);
        cr_assert_leq(s.max_ms, 60000);
        if (n <= 16000)
            cr_assert_geq(s.max_ms, (int64_t)n, "a thousand a second at most");
        before = s.max_ms;
    }
    cr_assert_eq(admission_spread(SIZE_MAX).max_ms, 60000);
}
