/* The writer against a real PostgreSQL: what is stored, what is refused, what a repeat and a bad
 * one do. */
#include "fixture.h"

#include "base/json.h"
#include "base/metrics.h"
#include "handlers.h"
#include "service/call.h"
#include "settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 16 };

static char url[STORE_URL_MAX];
static struct pal_db *db;
static struct pal_arena arena;
static struct posted out[MANY];

static void set_up(void)
{
    fixture_make(url);
    db = store_open(url);
    pal_arena_init(&arena, 16 << 20);
}

static void tear_down(void)
{
    pal_db_free(db);
    pal_arena_fini(&arena);
}

TestSuite(writer, .init = set_up, .fini = tear_down);

static void post(const struct post *posts, size_t n)
{
    struct pal_error err = {0};
    enum pal_code code = writer_store_post(db, &arena, posts, n, out, &err);
    if (code == PAL_OK)
        code = writer_store_repeats(db, &arena, posts, n, out, &err);
    cr_assert_eq(code, PAL_OK, "%s", err.detail);
}

static void expect_refusal(struct post p, enum post_result result)
{
    post(&p, 1);
    cr_assert_eq(out[0].result, result, "%d instead of %d", (int)out[0].result, (int)result);
    cr_assert_null(out[0].message.p);
    cr_assert_null(out[0].event.p);
}

static json_t *parse(struct pal_str text)
{
    char why[80] = "";
    json_t *v = pal_json_parse(text, why);
    cr_assert(v, "%s: %.*s", why, (int)text.n, text.p);
    return v;
}

Test(writer, gives_each_channel_dense_seqs_in_the_order_of_the_batch)
{
    struct post posts[] = {fixture_post(2, "a"), fixture_post(1, "b"), fixture_post(2, "c"),
                           fixture_post(1, "d")};
    post(posts, 4);
    cr_assert_eq(out[0].seq, 1);
    cr_assert_eq(out[1].seq, 1);
    cr_assert_eq(out[2].seq, 2);
    cr_assert_eq(out[3].seq, 2);
    struct post next = fixture_post(1, "e");
    post(&next, 1);
    cr_assert_eq(out[0].seq, 3);
    cr_assert_eq(store_number(url, "select seq from channel_head where channel_id = 1"), 3);
    cr_assert_eq(store_number(url, "select count(*) from event where channel_id = 1"), 3);
}

Test(writer, puts_the_reply_into_the_event_as_it_is)
{
    struct post p = fixture_post(1, "dos \"palabras\"\n\xc2\xa1y \\ m\xc3\xa1s!");
    post(&p, 1);
    cr_assert(strstr(out[0].event.p, out[0].message.p));
    json_t *event = parse(out[0].event);
    const json_t *message = json_object_get(event, "message");
    cr_assert(pal_str_eq(pal_json_str(message, "content"), p.content));
    cr_assert(pal_str_eq(pal_json_str(message, "username"), PAL_STR("ana")));
    cr_assert(pal_str_eq(pal_json_str(event, "type"), PAL_STR("chat_message")));
    cr_assert_eq(pal_json_int(event, "seq", 0), 1);
    json_decref(event);
    cr_assert_eq(store_number(url,
                              "select count(*) from event e join message m using (channel_id, seq)"
                              " where e.body->>'message' = message_json(m)::text"),
                 1);
}

Test(writer, answers_a_repeat_with_the_first_message)
{
    struct post p = fixture_post(1, "once");
    post(&p, 1);
    struct posted first = out[0];
    cr_assert_eq(first.result, POST_STORED);
    post(&p, 1);
    cr_assert_eq(out[0].result, POST_REPEAT);
    cr_assert_eq(out[0].seq, first.seq);
    cr_assert(pal_str_eq(out[0].message, first.message));
    cr_assert_null(out[0].event.p);
    cr_assert_not(out[0].changed);
    p.content = PAL_STR("twice");
    post(&p, 1);
    cr_assert(out[0].changed);
    cr_assert_eq(store_number(url, "select count(*) from message"), 1);
}

Test(writer, knows_a_repeat_even_when_the_author_may_post_no_more)
{
    struct post p = fixture_post(1, "once");
    post(&p, 1);
    store_script(url,
                 "delete from member where channel_id = 1; update channel set is_archived = true");
    post(&p, 1);
    cr_assert_eq(out[0].result, POST_REPEAT);
}

Test(writer, knows_a_repeat_within_the_batch)
{
    struct post posts[] = {fixture_post(1, "a"), fixture_post(1, "b"), fixture_post(1, "c")};
    memcpy(posts[2].client_id, posts[0].client_id, 16);
    post(posts, 3);
    cr_assert_eq(out[0].result, POST_STORED);
    cr_assert_eq(out[1].result, POST_STORED);
    cr_assert_eq(out[2].result, POST_TWIN);
    cr_assert_eq(out[2].first, 0);
    cr_assert_eq(out[1].seq, 2);
    cr_assert_eq(store_number(url, "select seq from channel_head where channel_id = 1"), 2);
}

Test(writer, takes_the_same_client_id_of_another_author_or_channel_as_another_message)
{
    struct post posts[] = {fixture_post(1, "a"), fixture_post(1, "b"), fixture_post(2, "c")};
    memcpy(posts[1].client_id, posts[0].client_id, 16);
    memcpy(posts[2].client_id, posts[0].client_id, 16);
    posts[1].user = 2;
    post(posts, 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(out[i].result, POST_STORED);
}

Test(writer, refuses_channels_that_the_author_cannot_see)
{
    struct post foreign = fixture_post(1, "x"), private = fixture_post(3, "x");
    foreign.user = 9;
    foreign.org = 2;
    private.user = 2;
    expect_refusal(foreign, POST_CHANNEL_UNSEEN);
    expect_refusal(private, POST_CHANNEL_UNSEEN);
    expect_refusal(fixture_post(5, "x"), POST_CHANNEL_UNSEEN);
    expect_refusal(fixture_post(77, "x"), POST_CHANNEL_UNSEEN);
}

Test(writer, refuses_strangers_and_the_archive)
{
    struct post stranger = fixture_post(1, "x");
    stranger.user = 3;
    expect_refusal(stranger, POST_NOT_MEMBER);
    expect_refusal(fixture_post(4, "x"), POST_ARCHIVED);
}

Test(writer, refuses_the_muted_and_says_until_when)
{
    store_script(url, "insert into mute (action_id, user_id, org_id, expires_at) values"
                      " (1, 1, 1, '2100-01-02T03:04:05Z'), (2, 1, 1, '2001-01-01Z')");
    expect_refusal(fixture_post(1, "x"), POST_MUTED);
    cr_assert(pal_str_eq(out[0].until, PAL_STR("2100-01-02T03:04:05.000Z")));
    store_script(url, "insert into mute (action_id, user_id, org_id) values (3, 1, 1)");
    expect_refusal(fixture_post(1, "x"), POST_MUTED);
    cr_assert_eq(out[0].until.n, 0);
    store_script(url, "delete from mute where action_id <> 2");
    struct post p = fixture_post(1, "x");
    post(&p, 1);
    cr_assert_eq(out[0].result, POST_STORED);
}

Test(writer, takes_replies_to_messages_of_the_same_channel_only)
{
    struct post p = fixture_post(1, "a"), reply = fixture_post(1, "b");
    post(&p, 1);
    reply.reply_to = (uint64_t)store_number(url, "select id from message");
    struct post elsewhere = fixture_post(2, "c"), unknown = fixture_post(1, "d");
    elsewhere.reply_to = reply.reply_to;
    unknown.reply_to = 4711;
    post(&reply, 1);
    cr_assert_eq(out[0].result, POST_STORED);
    expect_refusal(elsewhere, POST_REPLY_UNKNOWN);
    expect_refusal(unknown, POST_REPLY_UNKNOWN);
    store_script(url, "update message set deleted_at = now()");
    struct post late = fixture_post(1, "e");
    late.reply_to = reply.reply_to;
    expect_refusal(late, POST_REPLY_UNKNOWN);
}

Test(writer, refuses_who_is_no_user_any_more)
{
    struct post said = fixture_post(1, "x");
    post(&said, 1);
    cr_assert_eq(out[0].result, POST_STORED);
    store_script(url, "update user_copy set is_active = false");
    expect_refusal(fixture_post(1, "y"), POST_NOT_MEMBER);
    post(&said, 1);
    cr_assert_eq(out[0].result, POST_REPEAT);
}

Test(writer, leaves_no_hole_where_a_post_of_the_batch_is_refused)
{
    struct post posts[] = {fixture_post(1, "a"), fixture_post(1, "b"), fixture_post(1, "c")};
    posts[1].user = 3;
    post(posts, 3);
    cr_assert_eq(out[0].seq, 1);
    cr_assert_eq(out[1].result, POST_NOT_MEMBER);
    cr_assert_eq(out[2].seq, 2);
}

Test(writer, finds_the_mentioned_among_the_members)
{
    const struct pal_str names[] = {PAL_STR("LUIS"), PAL_STR("eva"), PAL_STR("max"),
                                    PAL_STR("luis"), PAL_STR("ana")};
    struct post posts[] = {fixture_post(1, "a"), fixture_post(2, "b"), fixture_post(1, "c")};
    posts[0].names = posts[1].names = names;
    posts[0].n_names = posts[1].n_names = 5;
    post(posts, 3);
    cr_assert(strstr(out[0].message.p, "\"mentions\":[1,2]"), "%s", out[0].message.p);
    cr_assert(strstr(out[1].message.p, "\"mentions\":[1]"), "%s", out[1].message.p);
    cr_assert(strstr(out[2].message.p, "\"mentions\":[]"), "%s", out[2].message.p);
}

Test(writer, names_an_author_that_it_does_not_know_by_his_id)
{
    store_script(url, "delete from user_copy where user_id = 1");
    struct post p = fixture_post(1, "x");
    post(&p, 1);
    cr_assert(strstr(out[0].message.p, "\"username\":\"user-1\""));
}

/* As at the start, with nothing turned on. */
static struct chat_settings settings;
static struct pal_service service = {.settings = &settings};

/* Calls as the writer lane makes them. */
struct made {
    struct pal_call call;
    struct pal_call_private priv;
};

static void make_calls(struct made *made, struct pal_call **calls, const char *const *contents,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        made[i] = (struct made){.call = {.cmd = &pal_cmd_message_create,
                                         .caller = {.user = 1, .org = 1, .role = PAL_ROLE_MEMBER},
                                         .service = &service,
                                         .db = db,
                                         .arena = &arena}};
        made[i].call.priv = &made[i].priv;
        made[i].call.in = json_pack("{s:i, s:s, s:s}", "channel_id", 1, "content", contents[i],
                                    "message_type", "text");
        calls[i] = &made[i].call;
    }
}

static void free_calls(struct made *made, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_decref(made[i].call.in);
}

Test(writer, lets_a_post_that_the_database_will_not_take_fail_alone)
{
    const char *const contents[] = {"a", "poison", "b", "   "};
    struct made made[4];
    struct pal_call *calls[4];
    store_script(url, "alter table message add constraint no_poison check (content <> 'poison')");
    struct pal_metric *retried = pal_counter("palique_messages_retried_total", NULL, "");
    int64_t before = pal_metric_value(retried);
    make_calls(made, calls, contents, 4);
    chat_writer(db, &arena, calls, 4);
    cr_assert_eq(pal_metric_value(retried) - before, 3, "all but the blank one");
    cr_assert(made[0].priv.replied && made[0].call.events);
    cr_assert_not(made[1].priv.replied);
    cr_assert(made[1].call.err.def);
    cr_assert(made[2].priv.replied && made[2].call.events);
    cr_assert_eq(made[3].call.err.def, &pal_err_request_invalid);
    cr_assert_eq(made[2].call.events->frame.seq, 2);
    cr_assert_eq(store_number(url, "select seq from channel_head where channel_id = 1"), 2);
    free_calls(made, 4);
}

Test(writer, does_a_batch_again_that_gave_way_to_another)
{
    const char *const contents[] = {"a", "b"};
    struct made made[2];
    struct pal_call *calls[2];
    store_script(url, "create sequence attempt; create function give_way() returns trigger language"
                      " plpgsql as $$ begin if nextval('attempt') = 1 then raise exception 'as a"
                      " deadlock' using errcode = '40P01'; end if; return new; end $$;"
                      "create trigger give_way before insert on message execute function "
                      "give_way()");
    make_calls(made, calls, contents, 2);
    chat_writer(db, &arena, calls, 2);
    for (size_t i = 0; i < 2; i++)
        cr_assert(made[i].priv.replied && made[i].call.events, "%s", made[i].call.err.detail);
    cr_assert_eq(store_number(url, "select last_value from attempt"), 2);
    cr_assert_eq(store_number(url, "select seq from channel_head where channel_id = 1"), 2);
    free_calls(made, 2);
}

Test(writer, tells_every_call_when_the_database_cannot_commit)
{
    const char *const contents[] = {"a", "b"};
    struct made made[2];
    struct pal_call *calls[2];
    pal_db_free(db);
    char broken[STORE_URL_MAX + 64];
    struct pal_error err = {0};
    snprintf(broken, sizeof broken, "%s host=/nowhere", url);
    cr_assert_eq(pal_db_new(broken, "store test", &db, &err), PAL_OK);
    make_calls(made, calls, contents, 2);
    chat_writer(db, &arena, calls, 2);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_not(made[i].priv.replied);
        cr_assert_eq(made[i].call.err.def, &pal_err_service_unavailable);
    }
    free_calls(made, 2);
}

Test(writer, takes_an_idempotency_key_for_one_text_only)
{
    const char *const contents[] = {"a", "a", "other"};
    const uint8_t key[16] = "0123456789abcde";
    struct made made[3];
    struct pal_call *calls[3];
    make_calls(made, calls, contents, 3);
    for (size_t i = 0; i < 3; i++)
        made[i].call.idem = key;
    chat_writer(db, &arena, calls, 3);
    cr_assert(made[0].priv.replied && made[0].call.events);
    cr_assert(made[1].priv.replied && !made[1].call.events);
    cr_assert(pal_str_eq(made[0].call.body, made[1].call.body));
    cr_assert_eq(made[2].call.err.def, &pal_err_idempotency_mismatch);
    free_calls(made, 3);
}
