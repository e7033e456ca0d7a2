/* Descriptors, turns and stopping. */
#include "loop/loop.h"

#include <criterion/criterion.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct source {
    struct pal_watch watch;
    struct pal_loop *loop;
    struct source *other; /* unwatched by the callback */
    int calls;
};

static void stop(void *loop)
{
    pal_loop_stop(loop);
}

static void count_and_unwatch_other(struct pal_watch *w, uint32_t ready)
{
    struct source *s = PAL_CONTAINER(w, struct source, watch);
    cr_assert(ready & EPOLLIN);
    s->calls++;
    if (s->other)
        pal_loop_unwatch(s->loop, &s->other->watch);
    pal_loop_stop(s->loop);
}

/* A readable descriptor that is watched. */
static void source_init(struct source *s, struct pal_loop *l)
{
    *s = (struct source){{eventfd(1, EFD_NONBLOCK), EPOLLIN, count_and_unwatch_other}, l, NULL, 0};
    cr_assert_geq(s->watch.fd, 0);
    cr_assert_eq(pal_loop_watch(l, &s->watch), PAL_OK);
}

Test(loop, a_watch_that_was_removed_in_the_same_turn_is_not_called)
{
    struct pal_loop *l = pal_loop_new();
    struct source a;
    struct source b;
    source_init(&a, l);
    source_init(&b, l);
    a.other = &b;
    b.other = &a;
    pal_loop_run(l);
    cr_assert_eq(a.calls + b.calls, 1, "both were ready, the first removed the second");
    (void)close(a.watch.fd);
    (void)close(b.watch.fd);
    pal_loop_free(l);
}

static void disarm_other(struct pal_watch *w, uint32_t ready)
{
    struct source *s = PAL_CONTAINER(w, struct source, watch);
    (void)ready;
    s->calls++;
    cr_assert_eq(pal_loop_rearm(s->loop, &s->other->watch, 0), PAL_OK);
    pal_loop_stop(s->loop);
}

Test(loop, events_that_were_disarmed_in_the_same_turn_are_not_delivered)
{
    struct pal_loop *l = pal_loop_new();
    struct source a;
    struct source b;
    source_init(&a, l);
    source_init(&b, l);
    a.watch.fn = b.watch.fn = disarm_other;
    a.other = &b;
    b.other = &a;
    pal_loop_run(l);
    cr_assert_eq(a.calls + b.calls, 1);
    (void)close(a.watch.fd);
    (void)close(b.watch.fd);
    pal_loop_free(l);
}

static void stop_when_writable(struct pal_watch *w, uint32_t ready)
{
    struct source *s = PAL_CONTAINER(w, struct source, watch);
    if (s->calls++ == 0) {
        cr_assert_eq(ready, EPOLLIN);
        cr_assert_eq(pal_loop_rearm(s->loop, w, EPOLLOUT), PAL_OK);
    } else {
        cr_assert_eq(ready, EPOLLOUT);
        pal_loop_stop(s->loop);
    }
}

Test(loop, rearming_changes_what_is_waited_for)
{
    struct pal_loop *l = pal_loop_new();
    struct source a;
    source_init(&a, l);
    a.watch.fn = stop_when_writable;
    pal_loop_run(l);
    cr_assert_eq(a.calls, 2);
    (void)close(a.watch.fd);
    pal_loop_free(l);
}

Test(loop, watching_a_closed_descriptor_is_an_error)
{
    struct pal_loop *l = pal_loop_new();
    struct pal_watch w = {-1, EPOLLIN, count_and_unwatch_other};
    cr_assert_neq(pal_loop_watch(l, &w), PAL_OK);
    pal_loop_free(l);
}

struct trace {
    struct pal_loop *loop;
    char text[16];
    size_t n;
};

static void note_hook(void *arg)
{
    struct trace *t = arg;
    t->text[t->n++] = 'h';
    pal_loop_stop(t->loop);
}

static void note_post(void *arg)
{
    struct trace *t = arg;
    t->text[t->n++] = 'p';
}

static void post_again(void *arg)
{
    struct trace *t = arg;
    t->text[t->n++] = 'a';
    cr_assert(pal_loop_post(t->loop, note_post, t));
}

Test(loop, hooks_run_after_the_callbacks_of_a_turn_and_posts_in_order)
{
    struct trace t = {.loop = pal_loop_new()};
    pal_loop_on_turn(t.loop, note_hook, &t);
    cr_assert(pal_loop_post(t.loop, post_again, &t));
    cr_assert(pal_loop_post(t.loop, note_post, &t));
    pal_loop_run(t.loop);
    cr_assert_str_eq(t.text, "aphph", "what was posted in the last turn still runs");
    pal_loop_free(t.loop);
}

Test(loop, a_hook_that_was_taken_back_is_not_called)
{
    struct trace t = {.loop = pal_loop_new()};
    pal_loop_on_turn(t.loop, note_hook, &t);
    pal_loop_off_turn(t.loop, note_hook, &t);
    cr_assert(pal_loop_post(t.loop, stop, t.loop));
    pal_loop_run(t.loop);
    cr_assert_eq(t.n, 0);
    pal_loop_free(t.loop);
}

Test(loop, a_loop_that_has_ended_takes_no_posts)
{
    struct pal_loop *l = pal_loop_new();
    pal_loop_stop(l);
    pal_loop_run(l);
    cr_assert(!pal_loop_post(l, stop, l));
    pal_loop_free(l);
    pal_loop_free(NULL);
}

Test(loop, posts_are_bounded)
{
    struct trace t = {0};
    struct pal_loop *l = pal_loop_new();
    size_t n = 0;
    while (pal_loop_post(l, note_post, &t) && n < 10000000)
        n++;
    cr_assert_geq(n, 1000);
    cr_assert_lt(n, 10000000);
    pal_loop_free(l);
}
