/* The timer heap by itself, and timers on a loop. No test looks at how long something took. */
#include "loop/loop.h"
#include "loop/timers.h"

#include <criterion/criterion.h>

enum { TIMERS = 500 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

Test(timers, come_out_in_order_whatever_was_added_and_removed)
{
    struct timers heap = {0};
    static struct pal_timer t[TIMERS];
    uint32_t state = 1;
    for (int step = 0; step < 20000; step++) {
        struct pal_timer *one = &t[next_random(&state) % TIMERS];
        timers_remove(&heap, one);
        cr_assert_eq(one->index, 0);
        if (next_random(&state) % 4) {
            one->due_ms = next_random(&state) % 1000;
            timers_add(&heap, one);
            cr_assert_neq(one->index, 0);
        }
    }
    size_t armed = heap.n;
    int64_t before = 0;
    struct pal_timer *one;
    while ((one = timers_due(&heap, 1000))) {
        cr_assert_geq(one->due_ms, before);
        before = one->due_ms;
        armed--;
    }
    cr_assert_eq(armed, 0);
    timers_fini(&heap);
}

Test(timers, tell_how_long_to_wait)
{
    struct timers heap = {0};
    struct pal_timer t = {.due_ms = 150};
    cr_assert_eq(timers_wait(&heap, 100), -1);
    timers_add(&heap, &t);
    cr_assert_eq(timers_wait(&heap, 100), 50);
    cr_assert_eq(timers_wait(&heap, 200), 0);
    cr_assert_null(timers_due(&heap, 149));
    timers_fini(&heap);
    cr_assert_eq(t.index, 0, "a heap that goes leaves its timers disarmed");
}

struct beat {
    struct pal_timer timer;
    struct pal_loop *loop;
    struct pal_timer *victim;
    int left;
};

static void on_beat(struct pal_timer *t)
{
    struct beat *b = PAL_CONTAINER(t, struct beat, timer);
    if (b->victim)
        pal_timer_stop(b->loop, b->victim);
    if (--b->left > 0)
        pal_timer_arm(b->loop, t, 0);
    else
        pal_loop_stop(b->loop);
}

static void never(struct pal_timer *t)
{
    (void)t;
    cr_assert_fail("a stopped timer was called");
}

Test(timers, may_be_armed_again_by_their_own_callback)
{
    struct beat b = {.timer = {.fn = on_beat}, .loop = pal_loop_new(), .left = 1000};
    pal_timer_arm(b.loop, &b.timer, 1);
    pal_loop_run(b.loop);
    cr_assert_eq(b.left, 0);
    pal_loop_free(b.loop);
}

Test(timers, a_stopped_timer_is_not_called_though_it_was_due)
{
    struct pal_timer victim = {.fn = never};
    struct beat b = {{.fn = on_beat}, pal_loop_new(), &victim, 1};
    pal_timer_arm(b.loop, &b.timer, 0);
    pal_timer_arm(b.loop, &victim, 2);
    int64_t start = pal_loop_now(b.loop);
    pal_loop_run(b.loop);
    cr_assert_geq(pal_loop_now(b.loop), start);
    pal_timer_stop(b.loop, &victim);
    pal_loop_free(b.loop);
}

static void stop_from_post(void *arg)
{
    pal_loop_stop(arg);
}

static void rearm_for_ever(struct pal_timer *t)
{
    struct beat *b = PAL_CONTAINER(t, struct beat, timer);
    if (b->left++ == 0)
        cr_assert(pal_loop_post(b->loop, stop_from_post, b->loop));
    pal_timer_arm(b->loop, t, 0);
}

Test(timers, one_that_arms_itself_for_at_once_does_not_hold_up_the_rest)
{
    struct beat b = {.timer = {.fn = rearm_for_ever}, .loop = pal_loop_new()};
    pal_timer_arm(b.loop, &b.timer, 0);
    pal_loop_run(b.loop);
    cr_assert_geq(b.left, 1);
    pal_loop_free(b.loop);
}
