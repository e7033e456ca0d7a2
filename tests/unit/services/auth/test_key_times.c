#include "domain/key_times.h"

#include <criterion/criterion.h>

enum { NOW = 1000000000 };

Test(key_times, the_first_key_signs_at_once)
{
    cr_assert_eq(key_times_new(NOW, 1).activates_ms, NOW);
}

Test(key_times, the_next_one_waits_until_verifiers_know_it)
{
    struct key_times t = key_times_new(NOW, 0);
    cr_assert_eq(t.activates_ms, NOW + KEY_ACTIVATION_MS);
    cr_assert_eq(t.retires_ms, 0);
}

Test(key_times, the_old_one_stays_until_its_last_token_has_expired)
{
    struct key_times next = key_times_new(NOW, 0);
    int64_t last_token = next.activates_ms + 900000;
    cr_assert_gt(key_retirement(&next, 900000), last_token);
}

Test(key_times, of_those_active_the_newest_signs)
{
    const struct key_times keys[] = {
        {NOW + 1, 0}, {NOW - 10, 0}, {NOW - 5, NOW + 1000}, {NOW - 1, NOW}};
    cr_assert_eq(key_pick(keys, 4, NOW), 2);
    cr_assert_eq(key_pick(keys, 4, NOW + 1), 0);
    cr_assert_eq(key_pick(keys, 4, NOW - 100), 4);
    cr_assert_eq(key_pick(keys, 0, NOW), 0);
}
