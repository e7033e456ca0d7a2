/* The counts of what is unread against a recount from the messages themselves, after every step of
 * random histories: posts in batches, edits that mention others, deletions, markers forward and
 * back, people who leave and come again. */
#include "fixture.h"

#include "store/channel.h"
#include "store/member.h"
#include "store/message.h"
#include "store/unread.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { CHANNELS = 3, USERS = 5, STEPS = 300, BATCH = 6 };

static char url[STORE_URL_MAX];
static struct pal_db *db;
static struct pal_arena arena;

/* ana and luis are here, a group is of luis and eva; everybody but the last is in all channels at
 * first. */
static const char scene[] =
    "insert into user_copy (user_id, org_id, username) values (4, 1, 'sol'), (5, 1, 'paz');"
    "update channel set is_archived = false, deleted_at = null;"
    "insert into member (channel_id, user_id) select c, u from generate_series(1, 3) c, "
    "generate_series(2, 4) u on conflict do nothing;"
    "insert into user_group (org_id, name, handle, created_by) values (1, 'Backend', 'Backend', 1);"
    "insert into user_group_member (group_id, user_id) values (1, 2), (1, 3);"
    "insert into here (user_id, seen_at) values (1, 'infinity'), (2, 'infinity'), "
    "(3, now() - interval '1 hour');";

/* How many members have other counts than a recount gives. What is counted here is what the words
 * of the documentation say, and nothing that the counters themselves are kept by. */
static const char wrong[] =
    "select count(*) from member m join channel_head h using (channel_id), lateral ("
    " select count(*) filter (where g.message_type <> 'system') as unread,"
    "  count(*) filter (where m.user_id = any(g.mentions) or g.mention_all = 'channel'"
    "   or (g.mention_all = 'here' and m.user_id in (1, 2))"
    "   or (1 = any(g.mention_groups) and m.user_id in (2, 3))) as mentions"
    " from message g where g.channel_id = m.channel_id and g.seq > m.read_seq and g.deleted_at is "
    "null"
    " and g.user_id <> m.user_id and g.in_channel) r"
    " where h.messages - m.read_no <> r.unread or m.mention_count + h.wide - m.wide_read <> "
    "r.mentions"
    " or m.read_seq > h.seq";

static void set_up(void)
{
    fixture_make(url);
    store_script(url, scene);
    db = store_open(url);
    pal_arena_init(&arena, 16 << 20);
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(unread, .init = set_up, .fini = tear_down);

static struct pal_error err;

static void must(enum pal_code code)
{
    cr_assert_eq(code, PAL_OK, "%s", err.detail);
}

static void begin(uint64_t channel)
{
    must(pal_db_begin(db, PAL_TX_WRITE, &err));
    must(channel_store_lock(db, &arena, channel, &err));
}

static uint64_t below(int n)
{
    return (uint64_t)(random() % n);
}

static const struct pal_str *some_names(size_t *n, struct pal_str *everyone)
{
    static const char *const words[] = {"ANA",     "luis",    "eva",  "paz",
                                        "backend", "channel", "here", "nobody"};
    struct pal_str *names = pal_arena_alloc(&arena, 3 * sizeof *names);
    *n = random() % 3 ? 0 : 1 + below(3);
    *everyone = (struct pal_str){NULL, 0};
    for (size_t i = 0; i < *n; i++) {
        names[i] = pal_str_of(words[below(sizeof words / sizeof *words)]);
        if (pal_str_eq(names[i], PAL_STR("channel")) ||
            (pal_str_eq(names[i], PAL_STR("here")) && !everyone->p))
            *everyone = names[i];
    }
    return names;
}

PAL_STATEMENT(sql_some_message, "select id, channel_id from message order by random() limit 1");

static uint64_t some_message(uint64_t *channel)
{
    struct pal_params p;
    PAL_ROWS rows = {0};
    pal_params_init(&p, &arena);
    must(pal_db_run(db, &sql_some_message, &p, &rows, &err));
    *channel = rows.n ? (uint64_t)pal_row_int(&rows, 0, 1) : 0;
    return rows.n ? (uint64_t)pal_row_int(&rows, 0, 0) : 0;
}

/* Some are replies in threads; what is refused, because its thread is elsewhere or its author not
 * in the channel, changes nothing. */
static void post_some(void)
{
    struct post posts[BATCH];
    struct posted out[BATCH];
    size_t n = 1 + below(BATCH);
    bool talk = random() % 2 == 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t channel = 1 + below(CHANNELS);
        uint64_t root = talk && random() % 3 == 0 ? some_message(&channel) : 0;
        posts[i] = fixture_post(channel ? channel : 1, "x");
        posts[i].user = 1 + below(USERS);
        posts[i].thread = root;
        posts[i].also_in_channel = random() % 2 == 0;
        if (talk)
            posts[i].names = some_names(&posts[i].n_names, &posts[i].everyone);
    }
    must(writer_store_post(db, &arena, posts, n, out, &err));
}

static void edit_one(void)
{
    uint64_t channel;
    struct message_edit e = {.message = some_message(&channel), .content = PAL_STR("y")};
    struct viewer v = {.user = 1, .org = 1};
    struct logged logged;
    struct pal_str json;
    struct message_facts facts;
    if (!e.message)
        return;
    begin(channel);
    must(message_store_find(db, &arena, e.message, &facts, &err));
    e.names = some_names(&e.n_names, &e.everyone);
    if (!facts.deleted)
        must(message_store_update(db, &arena, &v, &e, &logged, &json, &err));
    must(pal_db_commit(db, &err));
}

static void delete_one(void)
{
    uint64_t channel, message = some_message(&channel);
    struct viewer v = {.user = 1, .org = 1};
    struct logged logged = {0};
    if (!message)
        return;
    begin(channel);
    must(message_store_delete(db, &arena, &v, message, &logged, &err));
    must(pal_db_commit(db, &err));
}

PAL_STATEMENT(sql_span,
              "select m.joined_seq, h.seq - m.joined_seq from member m join channel_head h "
              "using (channel_id) where m.channel_id = $1 and m.user_id = $2");

/* Back to the joining at most: who was a member when something was sent is not written down. */
static void move_one(void)
{
    struct viewer v = {.user = 1 + below(USERS), .org = 1};
    struct read_move to = {.channel = 1 + below(CHANNELS), .back = random() % 2 == 0};
    struct read_mark mark;
    struct pal_params p;
    PAL_ROWS span = {0};
    pal_params_init(&p, &arena);
    pal_p_id(&p, to.channel);
    pal_p_id(&p, v.user);
    must(pal_db_run(db, &sql_span, &p, &span, &err));
    if (span.n == 0)
        return;
    to.to = pal_row_int(&span, 0, 0) + (int64_t)below((int)pal_row_int(&span, 0, 1) + 3);
    must(pal_db_begin(db, PAL_TX_WRITE, &err));
    must(read_mark_move(db, &arena, &v, &to, &mark, &err));
    must(pal_db_commit(db, &err));
    cr_assert_geq(mark.unread, 0);
}

static void read_everything(void)
{
    struct viewer v = {.user = 1 + below(USERS), .org = 1};
    struct pal_str json;
    int64_t n;
    bool more;
    must(pal_db_begin(db, PAL_TX_WRITE, &err));
    must(read_mark_all(db, &arena, &v, (struct pal_str){NULL, 0}, &json, &n, &more, &err));
    must(pal_db_commit(db, &err));
}

static void come_or_go(void)
{
    struct newcomer who = {
        .channel = 1 + below(CHANNELS), .user = 4 + below(2), .role = PAL_STR("member")};
    struct member_facts facts;
    struct logged logged = {0};
    begin(who.channel);
    must(member_store_facts(db, &arena, who.channel, who.user, &facts, &err));
    if (facts.role == IN_CHANNEL_NONE)
        must(member_store_add(db, &arena, 1, &who, &logged, &err));
    else
        must(member_store_remove(db, &arena, 1, who.channel, who.user, 0, &logged, &err));
    must(pal_db_commit(db, &err));
}

static void step(void)
{
    static void (*const steps[])(void) = {post_some,  post_some,       post_some,
                                          edit_one,   edit_one,        move_one,
                                          delete_one, read_everything, come_or_go};
    steps[below(sizeof steps / sizeof *steps)]();
    pal_arena_reset(&arena);
}

Test(unread, is_what_a_recount_gives_after_every_step)
{
    srandom(7);
    for (int i = 0; i < STEPS; i++) {
        step();
        cr_assert_eq(store_number(url, wrong), 0, "step %d", i);
    }
    cr_assert_gt(store_number(url, "select count(*) from mention"), 20);
    cr_assert_gt(store_number(url, "select sum(wide) from channel_head"), 5);
    cr_assert_gt(store_number(url, "select count(*) from message where not in_channel"), 5);
    cr_assert_gt(store_number(url, "select count(*) from message where deleted_at is not null"), 5);
}

Test(unread, of_messages_without_numbers_is_counted)
{
    srandom(11);
    for (int i = 0; i < 60; i++)
        post_some();
    store_script(url, "update message set no = null where id % 2 = 0");
    for (int i = 0; i < 40; i++) {
        move_one();
        cr_assert_eq(store_number(url, wrong), 0, "step %d", i);
    }
}

Test(unread, is_found_wrong_by_the_recount)
{
    post_some();
    store_script(url,
                 "update member set read_no = read_no + 1 where channel_id = 1 and user_id = 2");
    cr_assert_eq(store_number(url, wrong), 1);
}
