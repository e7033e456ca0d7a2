#include "domain/later.h"

#include <criterion/criterion.h>

enum { NOW = 1000 };
static const int64_t most = INT64_C(120) * 24 * 60 * 60 * 1000;

Test(send_time, is_to_come)
{
    cr_assert(send_time_fits(NOW, NOW + 1));
    cr_assert_not(send_time_fits(NOW, NOW));
    cr_assert_not(send_time_fits(NOW, NOW - 1));
    cr_assert_not(send_time_fits(NOW, 0));
}

Test(send_time, is_within_a_hundred_and_twenty_days)
{
    cr_assert(send_time_fits(NOW, NOW + most));
    cr_assert_not(send_time_fits(NOW, NOW + most + 1));
    cr_assert_not(send_time_fits(NOW, INT64_MAX));
}
