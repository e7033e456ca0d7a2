/* Replies in threads as the writer stores them: what a batch makes of a thread, who follows it, who
 * is to be told. */
#include "fixture.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <string.h>

enum { MANY = 16 };

static char url[STORE_URL_MAX];
static struct pal_db *db;
static struct pal_arena arena;
static struct posted out[MANY];
static uint64_t root;

static void post(const struct post *posts, size_t n)
{
    struct pal_error err = {0};
    enum pal_code code = writer_store_post(db, &arena, posts, n, out, &err);
    if (code == PAL_OK)
        code = writer_store_repeats(db, &arena, posts, n, out, &err);
    cr_assert_eq(code, PAL_OK, "%s", err.detail);
}

/* Messages 1, of ana in channel 1; luis (2) and eva (3) are in it too. */
static void set_up(void)
{
    fixture_make(url);
    store_script(url, "insert into member (channel_id, user_id) values (1, 3)");
    db = store_open(url);
    pal_arena_init(&arena, 16 << 20);
    struct post p = fixture_post(1, "root");
    post(&p, 1);
    root = out[0].id;
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(replies, .init = set_up, .fini = tear_down);

static struct post reply_of(uint64_t user, uint64_t thread)
{
    struct post p = fixture_post(1, "reply");
    p.user = user;
    p.thread = thread;
    return p;
}

static int64_t number(const char *sql)
{
    return store_number(url, sql);
}

Test(replies, of_one_batch_are_counted_one_by_one)
{
    static const char *const counts[] = {"\"thread\":{\"reply_count\":1,",
                                         "\"thread\":{\"reply_count\":2,", NULL,
                                         "\"thread\":{\"reply_count\":3,", NULL};
    struct post posts[] = {reply_of(2, root), reply_of(3, root), fixture_post(1, "plain"),
                           reply_of(2, root), reply_of(9, root)};
    posts[4].org = 2;
    post(posts, 5);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(out[i].result, POST_STORED);
        cr_assert_eq(out[i].seq, i + 2);
        const char *found = strstr(out[i].event.p, counts[i] ? counts[i] : "\"thread\":");
        cr_assert(counts[i] ? found != NULL : found == NULL, "%s", out[i].event.p);
    }
    cr_assert_eq(out[4].result, POST_CHANNEL_UNSEEN);
    cr_assert(strstr(out[3].event.p, "\"user_ids\":[2,3]}"), "%s", out[3].event.p);
    cr_assert_eq(number("select reply_count from thread"), 3);
    cr_assert_eq(number("select extras & 1 from message where id = 1"), 1);
    cr_assert_eq(number("select count(*) from message m, event e where m.id = 1 and "
                        "e.body->'thread' is not null and e.seq = 5 and "
                        "e.body->>'thread' = message_thread(m.id)::text"),
                 1);
    cr_assert_eq(number("select count(*) from event e join message m using (channel_id, seq)"
                        " where e.body->>'message' = message_json(m)::text and seq > 1"),
                 4, "the event says what the message is");
}

Test(replies, repeated_are_counted_once)
{
    struct post p = reply_of(2, root);
    post(&p, 1);
    struct posted first = out[0];
    struct post both[] = {p, reply_of(3, root)};
    post(both, 2);
    cr_assert_eq(out[0].result, POST_REPEAT);
    cr_assert(pal_str_eq(out[0].message, first.message));
    cr_assert_eq(number("select reply_count from thread"), 2);
    cr_assert_eq(number("select count(*) from event where kind = 1206"), 2);
}

Test(replies, in_several_threads_at_once)
{
    struct post second = fixture_post(1, "second root");
    post(&second, 1);
    uint64_t other = out[0].id;
    struct post posts[] = {reply_of(2, root), reply_of(2, other), reply_of(3, root)};
    post(posts, 3);
    cr_assert_eq(number("select count(*) from thread where reply_count = 2 and root_id = 1"), 1);
    cr_assert_eq(number("select count(*) from thread where reply_count = 1 and root_id = 2"), 1);
    cr_assert_eq(number("select count(*) from thread_follow where following"), 3 + 2);
}

Test(replies, tell_those_who_followed_before_them)
{
    struct post posts[] = {reply_of(2, root), reply_of(3, root), reply_of(1, root)};
    posts[1].also_in_channel = true;
    post(posts, 3);
    cr_assert_eq(number("select count(*) from event where kind = 1206 and channel_id is null"), 2);
    cr_assert_eq(number("select count(*) from event where kind = 1206 and body->>'user_ids' = "
                        "'[1]' and body->>'message_id' = '2' and body->>'thread_id' = '1' and "
                        "body->>'seq' = '2' and body->>'username' = 'luis' and org_id = 1"),
                 1);
    cr_assert_eq(number("select count(*) from event where kind = 1206 and body->>'user_ids' = "
                        "'[2,3]' and body->>'message_id' = '4'"),
                 1);
}

Test(replies, tell_nobody_who_is_told_of_a_mention)
{
    const struct pal_str names[] = {PAL_STR("crew"), PAL_STR("luis"), PAL_STR("channel")};
    store_script(url, "insert into member (channel_id, user_id) values (1, 4);"
                      "insert into thread_follow (root_id, user_id, following, read_seq) select 1, "
                      "u, true, 1 from generate_series(2, 5) u;"
                      "insert into user_group (org_id, name, handle, created_by) values (1, "
                      "'crew', 'crew', 1); insert into user_group_member values (1, 3), (1, 4)");
    struct post group = reply_of(1, root), everyone = reply_of(1, root);
    group.names = names;
    group.n_names = 2;
    everyone.names = names + 2;
    everyone.n_names = 1;
    everyone.everyone = PAL_STR("channel");
    post(&group, 1);
    cr_assert_eq(number("select count(*) from event where kind = 1206"), 1);
    cr_assert_eq(number("select count(*) from event where kind = 1206 and body->>'user_ids' = "
                        "'[5]'"),
                 1);
    post(&everyone, 1);
    cr_assert(strstr(out[0].message.p, "mention_all"), "%s", out[0].message.p);
    cr_assert_eq(number("select count(*) from event where kind = 1206"), 1);
}

Test(replies, tell_a_thousand_at_a_time)
{
    struct post p = reply_of(2, root);
    store_script(url, "insert into thread_follow (root_id, user_id, following, read_seq) select 1, "
                      "1000 + n, n <> 7, 1 from generate_series(1, 2101) n");
    post(&p, 1);
    cr_assert_eq(number("select count(*) from event where kind = 1206"), 3);
    cr_assert_eq(number("select sum(json_array_length(body->'user_ids')) from event where kind = "
                        "1206"),
                 2100 + 1, "all who follow, and the author of the root");
}

Test(replies, are_not_read_by_being_mentioned_in_them)
{
    const struct pal_str names[] = {PAL_STR("eva")};
    struct post posts[] = {reply_of(2, root), reply_of(2, root)};
    posts[1].names = names;
    posts[1].n_names = 1;
    post(posts, 2);
    cr_assert_eq(number("select read_seq from thread_follow where user_id = 3"), 2);
    post(&(struct post[]){reply_of(2, root)}[0], 1);
    struct post again = reply_of(1, root);
    again.names = names;
    again.n_names = 1;
    post(&again, 1);
    cr_assert_eq(number("select read_seq from thread_follow where user_id = 3"), 2);
    cr_assert_eq(number("select read_seq from thread_follow where user_id = 1"), 5);
    cr_assert_eq(number("select thread_unread(1, 3, 2)"), 3);
    cr_assert_eq(number("select thread_mentions(1, 3, 2)"), 2);
}

Test(replies, leave_the_root_as_it_is_when_they_are_refused)
{
    struct post posts[] = {reply_of(2, root), reply_of(2, 4711), reply_of(3, root)};
    posts[0].reply_to = 4711;
    store_script(url, "insert into mute (action_id, user_id, org_id) values (1, 3, 1)");
    post(posts, 3);
    cr_assert_eq(out[0].result, POST_REPLY_UNKNOWN);
    cr_assert_eq(out[1].result, POST_THREAD_UNKNOWN);
    cr_assert_eq(out[2].result, POST_MUTED);
    cr_assert_eq(number("select count(*) from thread"), 0);
    cr_assert_eq(number("select extras from message where id = 1"), 0);
    cr_assert_eq(number("select seq from channel_head where channel_id = 1"), 1);
}

Test(replies, deleted_by_whatever_are_not_counted)
{
    struct post posts[] = {reply_of(2, root), reply_of(3, root), reply_of(2, root)};
    post(posts, 3);
    store_script(url, "update message set deleted_at = now() where id in (3, 4)");
    cr_assert_eq(number("select reply_count from thread where last_reply_id = 2 and user_ids = "
                        "'{2}'"),
                 1);
    store_script(url, "update message set deleted_at = now() where id in (2, 3)");
    cr_assert_eq(number("select reply_count from thread where last_reply_id is null and user_ids = "
                        "'{}'"),
                 0);
    cr_assert_eq(number("select count(*) from message m where id = 1 and message_json(m)->'thread' "
                        "is null"),
                 1);
}

Test(replies, keep_five_names_the_latest_first)
{
    cr_assert_eq(number("select count(*) from (select latest_of('{9,8}', '{8,7,6,5,4}') = "
                        "'{9,8,7,6,5}' and latest_of('{}', '{1}') = '{1}' and latest_of('{1}', "
                        "'{}') = '{1}' as good) x where good"),
                 1);
    cr_assert_eq(number("select count(*) from (select latest_users(u order by u) = "
                        "'{7,6,5,4,3}' as good from generate_series(1, 7) u) x where good"),
                 1);
}
