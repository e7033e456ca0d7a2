/* The store's client against a real server that is stopped, killed and started again. */
#include "redis/redis.h"

#include "server.h"

#include <criterion/criterion.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>

enum { DEADLINE_MS = 30000 };

/* What the callbacks of a test see. */
struct seen {
    size_t replies;
    size_t nothing; /* NULL instead of a reply */
    long long last;
    size_t messages;
    char message[64];
};

struct until {
    struct pal_loop *loop;
    bool (*holds)(void *arg);
    void *arg;
    struct pal_timer deadline;
    struct pal_timer beat; /* turns the loop when nothing else does */
    bool held;
};

static void check(void *arg)
{
    struct until *u = arg;
    u->held = u->held || u->holds(u->arg);
    if (u->held)
        pal_loop_stop(u->loop);
}

static void on_deadline(struct pal_timer *t)
{
    pal_loop_stop(PAL_CONTAINER(t, struct until, deadline)->loop);
}

static void on_beat(struct pal_timer *t)
{
    pal_timer_arm(PAL_CONTAINER(t, struct until, beat)->loop, t, 20);
}

/* Runs the loop until holds(arg). */
static void wait_until(struct pal_loop *l, bool (*holds)(void *arg), void *arg)
{
    struct until u = {l, holds, arg, {.fn = on_deadline}, {.fn = on_beat}, false};
    pal_loop_on_turn(l, check, &u);
    pal_timer_arm(l, &u.deadline, DEADLINE_MS);
    pal_timer_arm(l, &u.beat, 0);
    pal_loop_run(l);
    pal_timer_stop(l, &u.deadline);
    pal_timer_stop(l, &u.beat);
    pal_loop_off_turn(l, check, &u);
    cr_assert(u.held, "the condition did not come true in time");
}

static bool ready(void *arg)
{
    return pal_redis_ready(arg);
}

static bool not_ready(void *arg)
{
    return !pal_redis_ready(arg);
}

static bool answered(void *arg)
{
    const struct seen *s = arg;
    return s->replies + s->nothing > 0;
}

static bool got_message(void *arg)
{
    const struct seen *s = arg;
    return s->messages > 0;
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    struct seen *s = arg;
    if (!reply) {
        s->nothing++;
        return;
    }
    s->replies++;
    if (reply->type == REDIS_REPLY_INTEGER) {
        cr_assert_eq(reply->integer, s->last + 1, "answers come in the order of the commands");
        s->last = reply->integer;
    }
}

static void on_message(void *arg, struct pal_str message)
{
    struct seen *s = arg;
    s->messages++;
    cr_assert_lt(message.n, sizeof s->message);
    memcpy(s->message, message.p, message.n);
    s->message[message.n] = '\0';
}

static void send(struct pal_redis *r, struct seen *s, const char *a, const char *b, const char *c)
{
    struct pal_str argv[] = {pal_str_of(a), pal_str_of(b), pal_str_of(c)};
    pal_redis_command(r, on_reply, s, c ? 3 : b ? 2 : 1, argv);
}

struct fixture {
    struct server server;
    struct pal_loop *loop;
    struct pal_redis *redis;
};

static void begin(struct fixture *f, const char *password)
{
    (void)signal(SIGPIPE, SIG_IGN);
    server_start(&f->server, password);
    f->loop = pal_loop_new();
    struct pal_error err = {0};
    cr_assert_eq(pal_redis_new(f->loop, f->server.url, &f->redis, &err), PAL_OK, "%s", err.detail);
    wait_until(f->loop, ready, f->redis);
}

static void end(struct fixture *f)
{
    pal_redis_free(f->redis);
    pal_loop_free(f->loop);
    server_end(&f->server);
}

static bool thousand(void *arg)
{
    const struct seen *s = arg;
    return s->replies == 1000;
}

Test(redis, commands_are_answered_in_order)
{
    struct fixture f;
    struct seen s = {0};
    begin(&f, NULL);
    for (int i = 0; i < 1000; i++)
        send(f.redis, &s, "INCR", "k", NULL);
    cr_assert_eq(s.replies, 0, "nothing is answered inside the call");
    wait_until(f.loop, thousand, &s);
    cr_assert_eq(s.last, 1000);
    end(&f);
}

Test(redis, a_name_a_password_and_a_database_are_used)
{
    struct fixture f;
    struct seen s = {0};
    begin(&f, "pa55");
    send(f.redis, &s, "INCR", "k", NULL);
    wait_until(f.loop, answered, &s);
    cr_assert_eq(s.last, 1);
    end(&f);
}

Test(redis, a_wrong_password_never_becomes_ready)
{
    struct fixture f;
    struct seen s = {0};
    struct pal_redis *other;
    begin(&f, "pa55");
    char *at = strstr(f.server.url, "pa55");
    memcpy(at, "no55", 4);
    cr_assert_eq(pal_redis_new(f.loop, f.server.url, &other, NULL), PAL_OK);
    send(other, &s, "PING", NULL, NULL);
    wait_until(f.loop, answered, &s);
    cr_assert_eq(s.nothing, 1);
    cr_assert(!pal_redis_ready(other));
    pal_redis_free(other);
    end(&f);
}

Test(redis, without_a_store_commands_get_nothing_but_not_inside_the_call)
{
    struct pal_loop *l = pal_loop_new();
    struct pal_redis *r;
    struct seen s = {0};
    cr_assert_eq(pal_redis_new(l, "unix:/nonexistent/store.sock", &r, NULL), PAL_OK);
    send(r, &s, "PING", NULL, NULL);
    cr_assert_eq(s.nothing, 0);
    wait_until(l, answered, &s);
    cr_assert_eq(s.nothing, 1);
    pal_redis_free(r);
    pal_loop_free(l);
}

Test(redis, a_name_that_cannot_be_found_does_no_harm)
{
    struct pal_loop *l = pal_loop_new();
    struct pal_redis *r;
    struct seen s = {0};
    cr_assert_eq(pal_redis_new(l, "redis://no.such.host.invalid:1", &r, NULL), PAL_OK);
    send(r, &s, "PING", NULL, NULL);
    wait_until(l, answered, &s);
    pal_redis_free(r);
    pal_loop_free(l);
}

Test(redis, an_address_that_makes_no_sense_is_refused)
{
    struct pal_loop *l = pal_loop_new();
    struct pal_redis *r = NULL;
    struct pal_error err = {0};
    cr_assert_eq(pal_redis_new(l, "redis://:hunter2@", &r, &err), PAL_INVALID);
    cr_assert_null(r);
    cr_assert_null(strstr(err.detail, "hunter2"));
    pal_loop_free(l);
}

Test(redis, a_killed_store_is_found_again_when_it_is_back)
{
    struct fixture f;
    struct seen s = {0};
    begin(&f, NULL);
    server_kill(&f.server);
    wait_until(f.loop, not_ready, f.redis);
    server_restart(&f.server);
    wait_until(f.loop, ready, f.redis);
    send(f.redis, &s, "INCR", "k", NULL);
    wait_until(f.loop, answered, &s);
    cr_assert_eq(s.last, 1);
    end(&f);
}

Test(redis, a_store_that_falls_silent_is_given_up, .timeout = 60)
{
    struct fixture f;
    struct seen s = {0};
    begin(&f, NULL);
    cr_assert_eq(kill(f.server.pid, SIGSTOP), 0);
    send(f.redis, &s, "INCR", "k", NULL);
    wait_until(f.loop, answered, &s);
    cr_assert_eq(s.nothing, 1);
    cr_assert_eq(kill(f.server.pid, SIGCONT), 0);
    wait_until(f.loop, ready, f.redis);
    end(&f);
}

Test(redis, freeing_answers_what_is_in_flight)
{
    struct fixture f;
    struct seen s = {0};
    begin(&f, NULL);
    send(f.redis, &s, "INCR", "k", NULL);
    send(f.redis, &s, "INCR", "k", NULL);
    end(&f);
    cr_assert_eq(s.nothing, 2);
    pal_redis_free(NULL);
}

/* Publishes until the subscription has been confirmed by a message. */
struct publisher {
    struct pal_redis *redis;
    struct seen *seen;
    size_t sent;
};

static void ignore(void *arg, const struct redisReply *reply)
{
    struct publisher *p = arg;
    (void)reply;
    p->sent--;
}

static bool confirmed(void *arg)
{
    struct publisher *p = arg;
    if (p->sent == 0 && p->seen->messages == 0) {
        struct pal_str argv[] = {PAL_STR("PUBLISH"), PAL_STR("news"), PAL_STR("hello \0.")};
        p->sent++;
        pal_redis_command(p->redis, ignore, p, 3, argv);
    }
    return p->seen->messages > 0 && p->sent == 0;
}

Test(redis, subscriptions_survive_a_restart_of_the_store)
{
    struct fixture f;
    struct seen s = {0};
    struct seen other = {0};
    begin(&f, NULL);
    cr_assert_eq(pal_redis_subscribe(f.redis, "news", on_message, &s), PAL_OK);
    cr_assert_eq(pal_redis_subscribe(f.redis, "other", on_message, &other), PAL_OK);
    struct publisher p = {f.redis, &s, 0};
    wait_until(f.loop, confirmed, &p);
    cr_assert_str_eq(s.message, "hello ");
    server_kill(&f.server);
    wait_until(f.loop, not_ready, f.redis);
    s.messages = 0;
    server_restart(&f.server);
    wait_until(f.loop, confirmed, &p);
    cr_assert(got_message(&s));
    cr_assert_eq(other.messages, 0);
    end(&f);
}
