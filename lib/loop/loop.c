/* One turn: wait, callbacks of ready descriptors (posted work is one of them), timers that are due,
 * end-of-turn hooks. Everything but pal_loop_post and pal_loop_stop belongs to the thread that runs
 * the loop. */
#include "loop/loop.h"

#include "base/clock.h"
#include "pace.h"
#include "posts.h"
#include "timers.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { BATCH = 256, HOOKS_MAX = 64 };

struct pal_loop {
    int epoll_fd;          /* owned */
    struct pal_watch wake; /* its descriptor, an eventfd, is owned */
    struct posts posts;
    struct timers timers;
    struct pace pace;
    struct post hooks[HOOKS_MAX];
    size_t n_hooks;
    int64_t now_ms;
    atomic_bool stopping;
    struct epoll_event ready[BATCH]; /* of this turn; data.ptr NULL: no longer watched */
    size_t n_ready;
    size_t at; /* the one that is being served */
};

/* The loop of a watch is not known to its callback, so the wake-up watch is found by its place. */
static void on_wake(struct pal_watch *w, uint32_t ready)
{
    (void)ready;
    struct pal_loop *l = PAL_CONTAINER(w, struct pal_loop, wake);
    eventfd_t count;
    (void)eventfd_read(w->fd, &count);
    posts_run(&l->posts);
}

struct pal_loop *pal_loop_new(void)
{
    struct pal_loop *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    if (!posts_init(&l->posts)) {
        free(l);
        return NULL;
    }
    l->now_ms = pal_mono_ms();
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    l->wake = (struct pal_watch){eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), EPOLLIN, on_wake};
    if (l->epoll_fd < 0 || l->wake.fd < 0 || pal_loop_watch(l, &l->wake) != PAL_OK) {
        pal_loop_free(l);
        return NULL;
    }
    return l;
}

void pal_loop_free(struct pal_loop *l)
{
    if (!l)
        return;
    if (l->wake.fd >= 0)
        (void)close(l->wake.fd);
    if (l->epoll_fd >= 0)
        (void)close(l->epoll_fd);
    timers_fini(&l->timers);
    posts_fini(&l->posts);
    free(l);
}

static enum pal_code control(struct pal_loop *l, int operation, struct pal_watch *w)
{
    struct epoll_event event = {.events = w->events, .data.ptr = w};
    if (epoll_ctl(l->epoll_fd, operation, w->fd, &event) == 0)
        return PAL_OK;
    return errno == ENOMEM || errno == ENOSPC ? PAL_UNAVAILABLE : PAL_INTERNAL;
}

enum pal_code pal_loop_watch(struct pal_loop *l, struct pal_watch *w)
{
    return control(l, EPOLL_CTL_ADD, w);
}

enum pal_code pal_loop_rearm(struct pal_loop *l, struct pal_watch *w, uint32_t events)
{
    if (w->events == events && !(events & EPOLLONESHOT))
        return PAL_OK;
    w->events = events;
    return control(l, EPOLL_CTL_MOD, w);
}

void pal_loop_unwatch(struct pal_loop *l, struct pal_watch *w)
{
    (void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
    for (size_t i = l->at; i < l->n_ready; i++)
        if (l->ready[i].data.ptr == w)
            l->ready[i].data.ptr = NULL;
}

void pal_timer_arm(struct pal_loop *l, struct pal_timer *t, int64_t delay_ms)
{
    timers_remove(&l->timers, t);
    t->due_ms = pal_mono_ms() + (delay_ms > 0 ? delay_ms : 0);
    timers_add(&l->timers, t);
}

void pal_timer_stop(struct pal_loop *l, struct pal_timer *t)
{
    timers_remove(&l->timers, t);
}

static void wake(struct pal_loop *l)
{
    (void)eventfd_write(l->wake.fd,
                        1); /* fails only when the counter is full: then it wakes anyway */
}

bool pal_loop_post(struct pal_loop *l, void (*fn)(void *arg), void *arg)
{
    bool first;
    if (!posts_add(&l->posts, (struct post){fn, arg}, &first))
        return false;
    if (first)
        wake(l);
    return true;
}

void pal_loop_on_turn(struct pal_loop *l, void (*fn)(void *arg), void *arg)
{
    if (l->n_hooks == HOOKS_MAX)
        abort(); /* hooks are registered by the program's own parts: a bug */
    l->hooks[l->n_hooks++] = (struct post){fn, arg};
}

void pal_loop_off_turn(struct pal_loop *l, void (*fn)(void *arg), void *arg)
{
    for (size_t i = 0; i < l->n_hooks; i++)
        if (l->hooks[i].fn == fn && l->hooks[i].arg == arg)
            l->hooks[i].fn = NULL; /* the place stays: a hook may be removed while they run */
}

/* Calls the hooks and closes the gaps that removed ones have left. */
static void run_hooks(struct pal_loop *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n_hooks; i++)
        if (l->hooks[i].fn)
            l->hooks[i].fn(l->hooks[i].arg);
    for (size_t i = 0; i < l->n_hooks; i++)
        if (l->hooks[i].fn)
            l->hooks[kept++] = l->hooks[i];
    l->n_hooks = kept;
}

static void run_ready(struct pal_loop *l)
{
    for (l->at = 0; l->at < l->n_ready; l->at++) {
        struct pal_watch *w = l->ready[l->at].data.ptr;
        if (!w)
            continue;
        /* A callback before this one may have disarmed what was ready. */
        uint32_t ready = l->ready[l->at].events & (w->events | EPOLLERR | EPOLLHUP);
        if (ready)
            w->fn(w, ready);
    }
    l->n_ready = 0;
    l->at = 0;
}

/* At most as many as there are now: a timer that arms itself for at once must not hold up
 * descriptors. */
static void run_timers(struct pal_loop *l)
{
    for (size_t left = l->timers.n; left > 0; left--) {
        struct pal_timer *t = timers_due(&l->timers, l->now_ms);
        if (!t)
            return;
        t->fn(t);
    }
}

/* Nothing is waited for but the time: descriptors that become ready are found by the turn after. */
static void hold(struct pal_loop *l)
{
    int64_t left = pace_left(&l->pace, pal_mono_us());
    struct timespec time = {.tv_nsec = (long)left * 1000};
    if (left > 0)
        (void)ppoll(NULL, 0, &time, NULL);
}

static void turn(struct pal_loop *l)
{
    if (l->pace.every_us > 0)
        hold(l);
    int n = epoll_wait(l->epoll_fd, l->ready, BATCH, timers_wait(&l->timers, pal_mono_ms()));
    l->n_ready = n > 0 ? (size_t)n : 0; /* a signal between: the next turn waits again */
    l->now_ms = pal_mono_ms();
    if (l->pace.every_us > 0)
        pace_began(&l->pace, pal_mono_us(), (unsigned)l->n_ready);
    run_ready(l);
    run_timers(l);
    run_hooks(l);
}

void pal_loop_run(struct pal_loop *l)
{
    posts_close(&l->posts, false);
    while (!atomic_load_explicit(&l->stopping, memory_order_acquire))
        turn(l);
    posts_close(&l->posts, true);
    posts_run(&l->posts);
    run_hooks(l);
    atomic_store_explicit(&l->stopping, false, memory_order_release);
}

void pal_loop_stop(struct pal_loop *l)
{
    atomic_store_explicit(&l->stopping, true, memory_order_release);
    wake(l);
}

void pal_loop_pace(struct pal_loop *l, int64_t every_us, unsigned often)
{
    l->pace = (struct pace){.every_us = every_us, .often = often};
}

int64_t pal_loop_now(const struct pal_loop *l)
{
    return l->now_ms;
}
