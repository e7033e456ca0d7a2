/* Token buckets: bursts, refill, the shared window. */
#include "http/bucket.h"

#include <criterion/criterion.h>

static const struct pal_rate rate = {.name = "test", .limit = 60, .window_ms = 60000, .burst = 5};

static struct pal_bucket begin(struct pal_bucket_rules *rules)
{
    struct pal_bucket b;
    *rules = pal_bucket_rules_of(&rate, 100);
    pal_bucket_begin(&b, rules, 0);
    return b;
}

Test(bucket, lets_a_burst_pass_and_then_refuses)
{
    struct pal_bucket_rules rules;
    struct pal_bucket b = begin(&rules);
    struct pal_limit_state state;
    for (int i = 0; i < 5; i++)
        cr_assert(pal_bucket_take(&b, &rules, 0, false, &state));
    cr_assert_eq(state.remaining, 0);
    cr_assert_not(pal_bucket_take(&b, &rules, 0, false, &state));
    cr_assert_eq(state.retry_after_ms, 1000);
    cr_assert_eq(state.limit, 60);
    cr_assert_eq(state.reset_s, 60);
}

Test(bucket, refills_with_time_up_to_the_burst)
{
    struct pal_bucket_rules rules;
    struct pal_bucket b = begin(&rules);
    struct pal_limit_state state;
    for (int i = 0; i < 5; i++)
        cr_assert(pal_bucket_take(&b, &rules, 0, false, &state));
    cr_assert(pal_bucket_take(&b, &rules, 1000, false, &state));
    cr_assert_not(pal_bucket_take(&b, &rules, 1000, false, &state));
    cr_assert(pal_bucket_take(&b, &rules, 50000, false, &state));
    cr_assert_eq(state.remaining, 4);
}

Test(bucket, what_others_let_pass_counts_in_the_shared_window)
{
    struct pal_bucket_rules rules;
    struct pal_bucket b = begin(&rules);
    struct pal_limit_state state;
    b.shared = 59;
    cr_assert(pal_bucket_take(&b, &rules, 0, true, &state));
    cr_assert_not(pal_bucket_take(&b, &rules, 0, true, &state));
    cr_assert_eq(state.retry_after_ms, 60000);
    cr_assert(pal_bucket_take(&b, &rules, 60000, true, &state));
}

Test(bucket, a_clock_that_goes_back_gives_nothing_and_takes_nothing)
{
    struct pal_bucket_rules rules;
    struct pal_bucket b = begin(&rules);
    struct pal_limit_state state;
    cr_assert(pal_bucket_take(&b, &rules, 5000, false, &state));
    cr_assert(pal_bucket_take(&b, &rules, 1000, false, &state));
    cr_assert_eq(state.remaining, 3);
}

Test(bucket, scale_multiplies_limit_and_burst)
{
    struct pal_bucket_rules rules = pal_bucket_rules_of(&rate, 200);
    cr_assert_eq((int)rules.limit, 120);
    cr_assert_eq((int)rules.burst, 10);
}

Test(bucket, is_idle_when_its_window_is_over)
{
    struct pal_bucket_rules rules;
    struct pal_bucket b = begin(&rules);
    cr_assert_not(pal_bucket_idle(&b, &rules, 1000));
    cr_assert(pal_bucket_idle(&b, &rules, 120000));
}
