/* Delivery: in order, without a hole, once. */
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
}

static void teardown(void)
{
    fanout_leave_all(&f, &ana.sub);
    fanout_leave_all(&f, &luis.sub);
    fanout_fini(&f);
}

TestSuite(fanout, .init = setup, .fini = teardown);

Test(fanout, events_after_the_position_are_sent_to_every_subscriber_in_order)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_subscribe(&f, &luis.sub, 7, 4, 4, 0);
    fan_event(&f, 7, 5);
    fan_event(&f, 7, 6);
    cr_expect_str_eq(ana.got, "5 6");
    cr_expect_str_eq(luis.got, "5 6");
}

Test(fanout, an_event_of_another_channel_reaches_nobody)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fan_event(&f, 8, 5);
    cr_expect_str_eq(ana.got, "");
}

Test(fanout, an_event_that_comes_twice_is_sent_once)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fan_event(&f, 7, 5);
    fan_event(&f, 7, 5);
    fan_event(&f, 7, 4);
    cr_expect_str_eq(ana.got, "5");
}

Test(fanout, events_in_the_wrong_order_are_put_right_without_asking)
{
    uint64_t after;
    int64_t wait;
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fan_event(&f, 7, 6);
    cr_expect_str_eq(ana.got, "");
    fan_event(&f, 7, 5);
    cr_expect_str_eq(ana.got, "5 6");
    cr_expect_null(fanout_due(&f, 10 * FANOUT_HOLD_MS, &after, &wait));
}

Test(fanout, who_joins_later_gets_only_what_comes_after_his_position)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fan_event(&f, 7, 5);
    fanout_subscribe(&f, &luis.sub, 7, 5, 5, 0);
    fan_event(&f, 7, 6);
    cr_expect_str_eq(ana.got, "5 6");
    cr_expect_str_eq(luis.got, "6");
}

Test(fanout, an_event_between_the_answer_and_the_subscription_is_not_lost)
{
    uint64_t after = 0;
    int64_t wait;
    fan_event(&f, 7, 5); /* nobody is subscribed yet; chat's answer was read before it */
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 1000);
    struct channel *ch = fanout_due(&f, 1000 + FANOUT_HOLD_MS, &after, &wait);
    cr_assert_not_null(ch);
    cr_expect_eq(after, 4);
    fan_answer(&f, 7, 4, 1, 5, 100, 1100);
    cr_expect_str_eq(ana.got, "5");
}

Test(fanout, a_blocked_subscriber_gets_everything_once_he_is_not)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    ana.sub.blocked = true;
    fan_event(&f, 7, 5);
    fan_event(&f, 7, 6);
    cr_expect_str_eq(ana.got, "");
    fanout_unblock(&f, &ana.sub, 0);
    cr_expect_str_eq(ana.got, "5 6");
}

Test(fanout, who_leaves_gets_the_news_of_it_and_nothing_more)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_subscribe(&f, &luis.sub, 7, 4, 4, 0);
    fan_event_kind(&f, 7, 5, LOG_LEFT, 1, 0);
    fan_event(&f, 7, 6);
    cr_expect_str_eq(ana.got, "5 left");
    cr_expect_str_eq(luis.got, "5 6");
    cr_expect_null(fanout_find(&ana.sub, 7));
}

Test(fanout, a_deleted_channel_ends_for_everyone)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_subscribe(&f, &luis.sub, 7, 4, 4, 0);
    fan_event_kind(&f, 7, 5, LOG_DELETED, 0, 0);
    cr_expect_str_eq(ana.got, "5 deleted");
    cr_expect_str_eq(luis.got, "5 deleted");
    cr_expect_null(fanout_channel(&f, 7));
}

Test(fanout, a_muted_subscription_stays_silent_and_goes_on_where_it_is_told)
{
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    sub->muted = true;
    fan_event(&f, 7, 5);
    cr_expect_str_eq(ana.got, "");
    sub->muted = false;
    cr_expect(fanout_resume(&f, sub, 4, 0));
    cr_expect_str_eq(ana.got, "5 ok");
}

Test(fanout, listeners_do_not_get_events)
{
    fanout_listen(&f, &ana.sub, 7);
    fan_event(&f, 7, 5);
    cr_expect_str_eq(ana.got, "");
}

Test(fanout, frames_are_not_kept_after_the_last_subscriber)
{
    fanout_subscribe(&f, &ana.sub, 7, 0, 0, 0);
    for (uint64_t seq = 1; seq <= 200; seq++)
        fan_event(&f, 7, seq);
    cr_expect_gt(f.ring_bytes, 0);
    fanout_leave_all(&f, &ana.sub);
    cr_expect_eq(f.ring_bytes, 0);
    cr_expect_null(fanout_channel(&f, 7));
}

Test(fanout, frames_of_a_quiet_channel_are_forgotten)
{
    fanout_subscribe(&f, &ana.sub, 7, 0, 0, 0);
    fan_event(&f, 7, 1);
    fanout_expire(&f, 29000);
    cr_expect_gt(f.ring_bytes, 0);
    fanout_expire(&f, 31000);
    cr_expect_eq(f.ring_bytes, 0);
}

Test(fanout, who_left_while_blocked_leaves_nothing_behind)
{
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    ana.sub.blocked = true;
    fan_event_kind(&f, 7, 5, LOG_LEFT, 1, 0);
    fanout_unblock(&f, &ana.sub, 0);
    cr_expect_str_eq(ana.got, "5 left");
    cr_expect_null(fanout_channel(&f, 7));
}

Test(fanout, who_resumes_over_his_leaving_leaves_nothing_behind)
{
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 5, 5, 0);
    ana.sub.blocked = true;
    fan_event_kind(&f, 7, 6, LOG_LEFT, 1, 0);
    ana.sub.blocked = false;
    cr_expect(fanout_resume(&f, sub, 5, 0));
    cr_expect_str_eq(ana.got, "6 ok left");
    cr_expect_null(fanout_channel(&f, 7));
}
