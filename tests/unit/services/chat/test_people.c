#include "domain/people.h"

#include <criterion/criterion.h>

Test(people_of, the_order_and_repeats_do_not_matter)
{
    const int64_t some[] = {9, 2, 9, 5}, same[] = {5, 2, 9};
    int64_t a[5], b[4];
    cr_assert_eq(people_of(5, some, 4, a), 3);
    cr_assert_eq(people_of(2, same, 3, b), 3);
    cr_assert_arr_eq(a, b, 3 * sizeof *a);
    cr_assert_eq(a[0], 2);
    cr_assert_eq(a[2], 9);
}

Test(people_of, one_can_talk_to_oneself)
{
    const int64_t me[] = {7};
    int64_t out[2];
    cr_assert_eq(people_of(7, me, 1, out), 1);
    cr_assert_eq(people_of(7, NULL, 0, out), 1);
    cr_assert_eq(out[0], 7);
}

Test(people_of, ten_at_most_from_nine_others)
{
    int64_t others[DIRECT_OTHERS_MAX], out[DIRECT_MAX];
    for (int i = 0; i < DIRECT_OTHERS_MAX; i++)
        others[i] = 100 - i;
    cr_assert_eq(people_of(1, others, DIRECT_OTHERS_MAX, out), DIRECT_MAX);
}
