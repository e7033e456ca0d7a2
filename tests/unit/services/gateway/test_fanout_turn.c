/* A turn's events leave in one piece, and nothing about order or completeness changes by that. */
#include "fan.h"

#include <criterion/criterion.h>

static struct fanout f;
static struct reader ana, luis;

static void setup(void)
{
    fanout_init(&f, &fan_ops);
    memset(&ana, 0, sizeof ana);
    memset(&luis, 0, sizeof luis);
    subscriber_init(&ana.sub, 1);
    subscriber_init(&luis.sub, 2);
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_subscribe(&f, &luis.sub, 7, 4, 4, 0);
}

static void teardown(void)
{
    fanout_leave_all(&f, &ana.sub);
    fanout_leave_all(&f, &luis.sub);
    fanout_fini(&f);
}

TestSuite(turn, .init = setup, .fini = teardown);

static void gather(uint64_t seq)
{
    fan_gather(&f, 7, seq, LOG_PLAIN, 0, 0);
}

Test(turn, nothing_is_sent_before_its_end)
{
    gather(5);
    cr_expect_str_eq(ana.got, "");
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5");
    cr_expect_eq(f.delivered, 2);
}

Test(turn, its_events_are_one_piece_for_everyone)
{
    gather(5);
    gather(6);
    gather(7);
    fanout_settle(&f, 0);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5+6+7");
    cr_expect_str_eq(luis.got, "5+6+7");
    cr_expect_eq(f.delivered, 6);
    gather(8);
    gather(9);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5+6+7 8+9");
}

Test(turn, events_in_the_wrong_order_are_put_right)
{
    gather(6);
    gather(5);
    gather(5);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5+6");
}

Test(turn, what_comes_after_a_hole_waits)
{
    gather(5);
    gather(6);
    gather(8);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5+6");
    gather(7);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5+6 7 8");
}

Test(turn, who_has_a_part_already_gets_the_rest)
{
    struct subscription *sub = fanout_find(&ana.sub, 7);
    gather(5);
    cr_expect(fanout_resume(&f, sub, 4, 0));
    gather(6);
    gather(7);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5 ok 6 7");
    cr_expect_str_eq(luis.got, "5+6+7");
}

Test(turn, who_is_blocked_gets_it_later)
{
    ana.sub.blocked = true;
    gather(5);
    gather(6);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "");
    cr_expect_str_eq(luis.got, "5+6");
    fanout_unblock(&f, &ana.sub, 0);
    cr_expect_str_eq(ana.got, "5 6");
}

Test(turn, who_leaves_within_it_gets_nothing_of_what_follows)
{
    gather(5);
    gather(6);
    fan_gather(&f, 7, 7, LOG_LEFT, 1, 0);
    gather(8);
    fanout_settle(&f, 0);
    cr_expect_str_eq(ana.got, "5+6 7 left");
    cr_expect_str_eq(luis.got, "5+6 7 8");
}

Test(turn, more_than_the_ring_holds_is_not_lost)
{
    for (uint64_t seq = 5; seq <= 100; seq++)
        gather(seq);
    fanout_settle(&f, 0);
    cr_expect_eq(fanout_find(&ana.sub, 7)->pos, 100);
    cr_expect_eq(f.delivered, 2 * 96);
    cr_expect(pal_list_empty(&f.wanting), "nothing had to be asked for");
}

Test(turn, the_last_who_leaves_takes_what_was_gathered_along)
{
    gather(5);
    fanout_leave_all(&f, &ana.sub);
    fanout_leave_all(&f, &luis.sub);
    fanout_settle(&f, 0);
    cr_expect_null(fanout_channel(&f, 7));
    cr_expect_str_eq(ana.got, "");
}
