/* Turns of a busy loop are held, those of a quiet one are not. */
#include "loop/pace.h"

#include <criterion/criterion.h>

enum { EVERY = 2000, OFTEN = 4 };

/* A turn at `at` that finds n descriptors; gives for how long it was to be held. */
static int64_t turn(struct pace *p, int64_t at, unsigned n)
{
    int64_t left = pace_left(p, at);
    pace_began(p, at + left, n);
    return left;
}

Test(pace, a_quiet_loop_is_never_held)
{
    struct pace p = {.every_us = EVERY, .often = OFTEN};
    for (int64_t at = 0; at < 100000; at += 1000)
        cr_expect_eq(turn(&p, at, 1), 0, "4 in 4 ms are not many");
}

Test(pace, turns_of_a_busy_loop_begin_apart)
{
    struct pace p = {.every_us = EVERY, .often = OFTEN};
    for (int64_t at = 0; at < 4000; at += 500)
        cr_expect_eq(turn(&p, at, 1), 0, "not before a window is over");
    cr_expect_eq(turn(&p, 4000, 10), 1500);
    cr_expect_eq(turn(&p, 5600, 10), 1900);
    cr_expect_eq(turn(&p, 9600, 10), 0, "long enough after the turn before");
    cr_expect_eq(turn(&p, 9700, 10), 1900);
}

Test(pace, what_is_all_but_over_is_not_waited_for)
{
    struct pace p = {.every_us = EVERY, .often = OFTEN, .ready = 100};
    (void)turn(&p, 4000, 1);
    cr_expect_eq(turn(&p, 5960, 1), 0);
}

Test(pace, a_pause_ends_it)
{
    struct pace p = {.every_us = EVERY, .often = OFTEN, .ready = 100};
    (void)turn(&p, 4000, 100);
    cr_expect_gt(turn(&p, 4500, 100), 0);
    cr_expect_eq(turn(&p, 100000, 1), 0);
    cr_expect_eq(turn(&p, 100100, 1), 0);
}

Test(pace, without_a_distance_nothing_is_held)
{
    struct pace p = {.ready = 1000};
    (void)turn(&p, 4000, 1000);
    cr_expect_eq(turn(&p, 4001, 1000), 0);
}
