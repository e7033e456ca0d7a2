/* Times of the day. */
#include "domain/day_time.h"

#include <criterion/criterion.h>

Test(day_time, two_digits_twice_within_a_day)
{
    cr_assert(day_time_valid(PAL_STR("00:00")));
    cr_assert(day_time_valid(PAL_STR("23:59")));
}

Test(day_time, anything_else_is_none)
{
    static const char *const wrong[] = {"24:00", "12:60", "9:00",   "09:0", "09.00",
                                        "ab:cd", "-1:00", "09:00 ", "",     "1a:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(day_time_valid(pal_str_of(wrong[i])), "%s", wrong[i]);
}
