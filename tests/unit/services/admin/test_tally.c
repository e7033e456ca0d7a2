/* Counts of a batch: each message in its five seconds, its person's day and its channel. */
#include "domain/tally.h"

#include <criterion/criterion.h>

enum { MAX = 5000 };

static struct pal_arena arena;
static struct tally t;

static void set_up(void)
{
    pal_arena_init(&arena, 4 << 20);
    cr_assert(tally_begin(&t, &arena, MAX));
}

static void tear_down(void)
{
    tally_end(&t);
    pal_arena_fini(&arena);
}

TestSuite(tally, .init = set_up, .fini = tear_down);

Test(tally, intervals_begin_where_sql_lets_them_begin)
{
    enum { DAY = TALLY_DAY_MS };
    cr_assert(tally_add(&t, 1, 10, 100, 0));
    cr_assert(tally_add(&t, 1, 10, 100, 4999));
    cr_assert(tally_add(&t, 1, 10, 100, 5000));
    cr_assert(tally_add(&t, 1, 10, 100, (int64_t)DAY - 1));
    cr_assert(tally_add(&t, 1, 10, 100, DAY));
    cr_assert_eq(t.ticks.n, 4);
    cr_assert(t.ticks.rows[0].from_ms == 0 && t.ticks.rows[0].count == 2);
    cr_assert(t.ticks.rows[1].from_ms == 5000 && t.ticks.rows[1].count == 1);
    cr_assert_eq(t.days.n, 2);
    cr_assert(t.days.rows[0].count == 4 && t.days.rows[1].from_ms == DAY);
    cr_assert(t.channels.n == 1 && t.channels.rows[0].count == DAY);
}

Test(tally, keys_are_not_mixed_up)
{
    int64_t total = 0;
    for (int i = 0; i < MAX; i++)
        cr_assert(tally_add(&t, (uint64_t)(i % 3 + 1), (uint64_t)(i % 50 + 1),
                            (uint64_t)(i % 200 + 1), INT64_C(1767323045678) + i));
    cr_assert_eq(t.days.n, 600);
    cr_assert_eq(t.channels.n, 50);
    for (size_t i = 0; i < t.days.n; i++)
        total += t.days.rows[i].count;
    cr_assert_eq(total, MAX);
    total = 0;
    for (size_t i = 0; i < t.ticks.n; i++)
        total += t.ticks.rows[i].count;
    cr_assert_eq(total, MAX);
}

Test(tally, the_newest_message_of_a_channel_counts)
{
    cr_assert(tally_add(&t, 1, 10, 100, 7000));
    cr_assert(tally_add(&t, 1, 10, 101, 3000));
    cr_assert_eq(t.channels.rows[0].count, 7000);
}

Test(tally, takes_no_more_than_there_is_room_for)
{
    struct tally small;
    cr_assert(tally_begin(&small, &arena, 1));
    cr_expect(tally_add(&small, 1, 10, 100, 0));
    cr_expect(tally_add(&small, 1, 10, 100, 1));
    cr_expect_not(tally_add(&small, 1, 11, 100, 2));
    tally_end(&small);
}
