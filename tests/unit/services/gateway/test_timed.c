/* Traces that tell when they were made. */
#include "timed.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <string.h>

Test(timed, a_trace_tells_when_it_was_made)
{
    struct timed t;
    uint8_t trace[16];
    timed_init(&t);
    int64_t before = pal_mono_us();
    timed_trace(&t, trace);
    int64_t made = timed_read(&t, trace);
    cr_expect(made >= before && made <= pal_mono_us());
}

Test(timed, no_two_are_the_same)
{
    struct timed t;
    uint8_t one[16], other[16];
    timed_init(&t);
    timed_trace(&t, one);
    for (int i = 0; i < 10000; i++) {
        timed_trace(&t, other);
        cr_assert_lt(memcmp(one, other, sizeof one), 0);
        memcpy(one, other, sizeof one);
    }
}

Test(timed, those_of_others_tell_nothing)
{
    struct timed t, other;
    uint8_t trace[16] = {1};
    timed_init(&t);
    timed_init(&other);
    cr_expect_eq(timed_read(&t, trace), -1);
    timed_trace(&other, trace);
    cr_expect_eq(timed_read(&t, trace), -1);
}
