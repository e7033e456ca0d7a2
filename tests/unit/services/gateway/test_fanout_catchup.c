/* Catching up: holes, resume, gaps, interruptions. */
#include "base/limits.h"
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

TestSuite(catchup, .init = setup, .fini = teardown);

static struct channel *due(int64_t now, uint64_t *after)
{
    int64_t wait;
    return fanout_due(&f, now, after, &wait);
}

Test(catchup, a_hole_is_asked_for_after_a_moment_and_once)
{
    uint64_t after = 0;
    int64_t wait = 0;
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fan_event_kind(&f, 7, 6, LOG_PLAIN, 0, 100);
    cr_expect_null(fanout_due(&f, 100, &after, &wait));
    cr_expect_eq(wait, FANOUT_HOLD_MS);
    cr_expect_not_null(due(100 + FANOUT_HOLD_MS, &after));
    cr_expect_eq(after, 4);
    fan_event_kind(&f, 7, 7, LOG_PLAIN, 0, 160);
    cr_expect_null(due(1000, &after), "the answer is on its way");
    fan_answer(&f, 7, 4, 1, 7, 100, 200);
    cr_expect_str_eq(ana.got, "5 6 7");
}

Test(catchup, one_answer_serves_all_that_wait)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 2, 2, 0);
    fanout_subscribe(&f, &luis.sub, 7, 4, 4, 0);
    cr_expect_not_null(due(FANOUT_HOLD_MS, &after));
    cr_expect_eq(after, 2, "the lowest position");
    fan_answer(&f, 7, 2, 1, 5, 100, 0);
    cr_expect_str_eq(ana.got, "3 4 5");
    cr_expect_str_eq(luis.got, "5");
}

Test(catchup, an_answer_that_is_cut_short_is_followed_by_the_next_question)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 0, 6, 0);
    cr_expect_not_null(due(FANOUT_HOLD_MS, &after));
    fan_answer(&f, 7, 0, 1, 6, 4, 60);
    cr_expect_not_null(due(60, &after));
    cr_expect_eq(after, 4);
    fan_answer(&f, 7, 4, 1, 6, 4, 60);
    cr_expect_str_eq(ana.got, "1 2 3 4 5 6");
    cr_expect_null(due(10000, &after));
}

Test(catchup, an_answer_from_a_log_that_is_behind_is_not_asked_for_in_a_circle)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fan_event(&f, 7, 6);
    cr_expect_not_null(due(FANOUT_HOLD_MS, &after));
    fan_answer(&f, 7, 4, 1, 4, 100, 50);
    cr_expect_str_eq(ana.got, "");
    cr_expect_null(due(50, &after));
    cr_expect_not_null(due(50 + FANOUT_HOLD_MS, &after));
}

Test(catchup, what_the_log_no_longer_has_is_told_as_a_gap)
{
    uint64_t after = 0;
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 9, 9, 0);
    cr_expect(fanout_resume(&f, sub, 2, 0));
    cr_expect_not_null(due(0, &after));
    fan_answer(&f, 7, 2, 6, 9, 100, 0);
    cr_expect_str_eq(ana.got, "[3-5] 6 7 8 9 ok");
}

Test(catchup, a_log_that_has_nothing_left_is_one_gap)
{
    uint64_t after = 0;
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 9, 9, 0);
    cr_expect(fanout_resume(&f, sub, 2, 0));
    cr_expect_not_null(due(0, &after));
    fan_answer(&f, 7, 2, 10, 9, 100, 0);
    cr_expect_str_eq(ana.got, "[3-9] ok");
}

Test(catchup, too_much_is_a_gap_up_to_the_head)
{
    uint64_t after = 0, head = PAL_RESUME_EVENTS_MAX + 10;
    char want[40];
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, head, head, 0);
    cr_expect(fanout_resume(&f, sub, 3, 0));
    (void)snprintf(want, sizeof want, "[4-%llu] ok", (unsigned long long)head);
    cr_expect_str_eq(ana.got, want);
    cr_expect_null(due(10000, &after));
}

Test(catchup, resuming_at_the_head_has_nothing_to_wait_for)
{
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 9, 9, 0);
    cr_expect_not(fanout_resume(&f, sub, 9, 0));
    cr_expect_not(fanout_resume(&f, sub, 500, 0), "a position that nobody has given out");
    fan_event(&f, 7, 10);
    cr_expect_str_eq(ana.got, "10");
}

Test(catchup, live_events_wait_behind_what_was_missed)
{
    uint64_t after = 0;
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 9, 9, 0);
    cr_expect(fanout_resume(&f, sub, 7, 0));
    fan_event(&f, 7, 10);
    cr_expect_str_eq(ana.got, "");
    cr_expect_not_null(due(0, &after));
    fan_answer(&f, 7, 7, 1, 9, 100, 0);
    cr_expect_str_eq(ana.got, "8 9 ok 10");
}

Test(catchup, what_was_before_the_user_joined_is_not_sent)
{
    uint64_t after = 0;
    struct subscription *sub = fanout_subscribe(&f, &ana.sub, 7, 9, 9, 0);
    sub->floor = 6;
    cr_expect(fanout_resume(&f, sub, 2, 0));
    cr_expect_not_null(due(0, &after));
    cr_expect_eq(after, 6);
    fan_answer(&f, 7, 6, 1, 9, 100, 0);
    cr_expect_str_eq(ana.got, "[3-6] 7 8 9 ok");
}

Test(catchup, after_an_interruption_every_channel_is_asked_from_its_head)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_subscribe(&f, &luis.sub, 8, 2, 2, 0);
    fanout_verify_all(&f, 0);
    cr_expect_not_null(due(0, &after));
    cr_expect_not_null(due(0, &after));
    cr_expect_null(due(0, &after));
    fan_answer(&f, 7, 4, 1, 6, 100, 0);
    fan_answer(&f, 8, 2, 1, 2, 100, 0);
    cr_expect_str_eq(ana.got, "5 6");
    cr_expect_str_eq(luis.got, "");
}

Test(catchup, a_question_without_an_answer_is_asked_again)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_verify_all(&f, 0);
    cr_expect_not_null(due(0, &after));
    fanout_failed(&f, 7, 10, 500);
    cr_expect_null(due(400, &after));
    cr_expect_not_null(due(510, &after));
}

Test(catchup, a_channel_that_chat_does_not_know_ends)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 4, 4, 0);
    fanout_verify_all(&f, 0);
    cr_expect_not_null(due(0, &after));
    fanout_gone(&f, 7);
    cr_expect_str_eq(ana.got, "deleted");
    cr_expect_null(fanout_channel(&f, 7));
}

Test(catchup, a_blocked_subscriber_is_not_asked_for)
{
    uint64_t after = 0;
    fanout_subscribe(&f, &ana.sub, 7, 1, 1, 0);
    ana.sub.blocked = true;
    fanout_subscribe(&f, &luis.sub, 7, 4, 4, 0);
    fanout_verify_all(&f, 0);
    cr_expect_not_null(due(0, &after));
    cr_expect_eq(after, 4);
    fan_answer(&f, 7, 4, 1, 5, 100, 0);
    cr_expect_str_eq(luis.got, "5");
    fanout_unblock(&f, &ana.sub, 0);
    cr_expect_not_null(due(0, &after));
    cr_expect_eq(after, 1);
    fan_answer(&f, 7, 1, 1, 5, 100, 0);
    cr_expect_str_eq(ana.got, "2 3 4 5");
}

/* Against a model: whatever is lost, doubled or swapped on the way, each reader gets 1..n once and
 * in order. */
Test(catchup, every_event_arrives_once_whatever_happens_on_the_way)
{
    unsigned seed = 12345;
    for (int round = 0; round < 300; round++) {
        uint64_t head = 0, after;
        int64_t now = 0;
        fanout_subscribe(&f, &ana.sub, 7, 0, 0, 0);
        for (int step = 0; step < 60; step++) {
            seed = seed * 1103515245U + 12345U;
            unsigned dice = (seed >> 16) % 10;
            now += 20;
            if (head < 40)
                head++;
            if (dice < 6)
                fan_event_kind(&f, 7, head, LOG_PLAIN, 0, now);
            else if (dice < 8 && head > 2)
                fan_event_kind(&f, 7, head - dice % 3, LOG_PLAIN, 0, now);
            if (due(now, &after))
                fan_answer(&f, 7, after, 1, head, dice, now);
        }
        fanout_verify_all(&f, now);
        for (int i = 0; i < 50; i++, now += 60)
            if (due(now, &after))
                fan_answer(&f, 7, after, 1, head, 7, now);
        char want[512] = "";
        for (uint64_t seq = 1; seq <= head; seq++)
            (void)snprintf(want + strlen(want), sizeof want - strlen(want), "%s%llu",
                           seq > 1 ? " " : "", (unsigned long long)seq);
        cr_assert_str_eq(ana.got, want, "round %d", round);
        fanout_leave_all(&f, &ana.sub);
        fanout_fini(&f);
        fanout_init(&f, &fan_ops);
        ana.got[0] = '\0';
    }
}
