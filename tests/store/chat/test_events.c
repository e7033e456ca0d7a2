/* The log as it is read back: what is asked for, how much, and what age takes away. */
#include "fixture.h"

#include "base/json.h"
#include "store/session.h"

#include <criterion/criterion.h>
#include <string.h>

static char url[STORE_URL_MAX];
static struct pal_db *db;
static struct pal_arena arena;

static void set_up(void)
{
    fixture_make(url);
    db = store_open(url);
    pal_arena_init(&arena, 16 << 20);
    /* One event a day in channel 1, the newest of today. */
    store_script(
        url,
        "insert into event (kind, org_id, user_id, channel_id, seq, created_at, body)"
        " select 1201, 1, 1, 1, n, now() - (40 - n) * interval '1 day', json_build_object('seq', n)"
        " from generate_series(1, 40) n; update channel_head set seq = 40 where channel_id = 1");
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(events, .init = set_up, .fini = tear_down);

static json_t *ask(const char *items, int64_t bytes)
{
    struct pal_error err = {0};
    struct pal_str text;
    char why[80] = "";
    cr_assert_eq(events_after(db, &arena, pal_str_of(items), bytes, &text, &err), PAL_OK, "%s",
                 err.detail);
    json_t *reply = pal_json_parse(text, why);
    cr_assert(reply, "%s", why);
    return reply;
}

static json_t *channel_at(const json_t *reply, size_t i)
{
    return json_array_get(json_object_get(reply, "channels"), i);
}

static int64_t count_of(const json_t *reply, size_t i)
{
    return (int64_t)json_array_size(json_object_get(channel_at(reply, i), "events"));
}

Test(events, come_in_order_after_the_seq_asked_for)
{
    json_t *reply =
        ask("[{\"channel_id\":1,\"after\":37,\"limit\":10},{\"channel_id\":2,\"after\":0},"
            "{\"channel_id\":77,\"after\":0}]",
            100000);
    cr_assert_eq(json_array_size(json_object_get(reply, "channels")), 2);
    cr_assert_eq(count_of(reply, 0), 3);
    cr_assert_eq(
        pal_json_int(json_array_get(json_object_get(channel_at(reply, 0), "events"), 0), "seq", 0),
        38);
    cr_assert_eq(pal_json_int(channel_at(reply, 0), "head_seq", 0), 40);
    cr_assert_eq(pal_json_int(channel_at(reply, 0), "first_seq", 0), 1);
    cr_assert_eq(pal_json_int(channel_at(reply, 1), "head_seq", -1), 0);
    cr_assert_eq(pal_json_int(channel_at(reply, 1), "first_seq", 0), 1);
    json_decref(reply);
}

Test(events, are_bounded_in_number_and_in_bytes)
{
    json_t *few = ask("[{\"channel_id\":1,\"after\":0,\"limit\":5}]", 100000);
    json_t *small = ask("[{\"channel_id\":1,\"after\":0}]", 100);
    cr_assert_eq(count_of(few, 0), 5);
    cr_assert(count_of(small, 0) > 0 && count_of(small, 0) < 40);
    json_decref(few);
    json_decref(small);
}

Test(events, older_than_their_time_go_a_share_at_a_time_and_the_first_seq_says_so)
{
    struct pal_error err = {0};
    int64_t removed = 0;
    store_script(url, "insert into event (tx, kind, org_id, created_at, body) select '1', 1301, 1,"
                      " now() - interval '31 days', '{}' from generate_series(1, 10005) n");
    cr_assert_eq(events_expire(db, &arena, 30, &removed, &err), PAL_OK);
    cr_assert_eq(removed, EVENTS_EXPIRE_MAX);
    cr_assert_eq(events_expire(db, &arena, 30, &removed, &err), PAL_OK);
    cr_assert_eq(removed, 5 + 10);
    cr_assert_eq(events_expire(db, &arena, 30, &removed, &err), PAL_OK);
    cr_assert_eq(removed, 0);
    cr_assert_eq(store_number(url, "select count(*) from event"), 30);
    json_t *reply = ask("[{\"channel_id\":1,\"after\":0,\"limit\":1}]", 100000);
    cr_assert_eq(pal_json_int(channel_at(reply, 0), "first_seq", 0), 11);
    cr_assert_eq(pal_json_int(channel_at(reply, 0), "head_seq", 0), 40);
    json_decref(reply);
}
