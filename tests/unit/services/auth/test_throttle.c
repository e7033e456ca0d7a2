#include "domain/throttle.h"

#include <criterion/criterion.h>

enum { NOW = 1000000000 };

static int64_t wait_for(int64_t pair, int64_t network, int64_t account, bool known)
{
    const struct throttle_count counts[THROTTLE_KINDS] = {
        {pair, NOW}, {network, NOW}, {account, NOW}};
    return throttle_wait_ms(counts, known, NOW);
}

Test(throttle, four_failures_cost_nothing)
{
    cr_assert_eq(wait_for(0, 0, 0, false), 0);
    cr_assert_eq(wait_for(4, 4, 4, false), 0);
}

Test(throttle, the_delay_doubles_up_to_a_quarter_of_an_hour)
{
    cr_assert_eq(throttle_delay_ms(THROTTLE_PAIR, 5), 5000);
    cr_assert_eq(throttle_delay_ms(THROTTLE_PAIR, 6), 10000);
    cr_assert_eq(throttle_delay_ms(THROTTLE_PAIR, 7), 20000);
    cr_assert_eq(throttle_delay_ms(THROTTLE_PAIR, 13), 900000);
    cr_assert_eq(throttle_delay_ms(THROTTLE_PAIR, INT64_MAX / 2), 900000);
}

Test(throttle, waiting_is_counted_from_the_last_failure)
{
    const struct throttle_count counts[THROTTLE_KINDS] = {{5, NOW}, {0, 0}, {0, 0}};
    cr_assert_eq(throttle_wait_ms(counts, false, NOW), 5000);
    cr_assert_eq(throttle_wait_ms(counts, false, NOW + 4999), 1);
    cr_assert_eq(throttle_wait_ms(counts, false, NOW + 5000), 0);
}

Test(throttle, a_clock_that_goes_back_does_not_prolong_it)
{
    const struct throttle_count counts[THROTTLE_KINDS] = {{5, NOW}, {0, 0}, {0, 0}};
    cr_assert_eq(throttle_wait_ms(counts, false, NOW - 3600000), 5000);
}

Test(throttle, networks_and_accounts_have_more_patience)
{
    cr_assert_eq(wait_for(0, 99, 49, false), 0);
    cr_assert_eq(wait_for(0, 100, 0, false), 1000);
    cr_assert_eq(wait_for(0, 0, 50, false), 1000);
    cr_assert_eq(wait_for(0, 0, 1000, false), 60000);
    cr_assert_eq(wait_for(6, 100, 50, false), 10000);
}

Test(throttle, nobody_is_locked_out_of_a_network_that_is_known)
{
    cr_assert_eq(wait_for(0, 1000, 1000, true), 0);
    cr_assert_eq(wait_for(5, 1000, 1000, true), 5000);
}
