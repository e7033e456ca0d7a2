/* Work posted by several threads: all of it runs, in the order of each thread, on the loop's
 * thread. */
#include "loop/loop.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, POSTS = 50000 };

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

/* Written by the loop's thread only; the sanitizer would see anything else. */
struct state {
    struct pal_loop *loop;
    pthread_t loop_thread;
    int done;
};

struct poster {
    struct state *state;
    pthread_t thread;
    int expected;
    struct step {
        struct poster *poster;
        int number;
    } steps[POSTS];
};

static void on_step(void *arg)
{
    struct step *s = arg;
    struct poster *p = s->poster;
    CHECK(pthread_equal(pthread_self(), p->state->loop_thread));
    CHECK(s->number == p->expected);
    if (++p->expected == POSTS && ++p->state->done == THREADS)
        pal_loop_stop(p->state->loop);
}

static void *post_all(void *arg)
{
    struct poster *p = arg;
    for (int i = 0; i < POSTS; i++) {
        p->steps[i] = (struct step){p, i};
        while (!pal_loop_post(p->state->loop, on_step, &p->steps[i]))
            sched_yield(); /* full */
    }
    return NULL;
}

static void *run(void *arg)
{
    pal_loop_run(arg);
    return NULL;
}

static void stopping_from_another_thread_ends_an_idle_loop(void)
{
    pthread_t thread;
    struct pal_loop *l = pal_loop_new();
    CHECK(l && pthread_create(&thread, NULL, run, l) == 0);
    pal_loop_stop(l);
    CHECK(pthread_join(thread, NULL) == 0);
    pal_loop_free(l);
}

int main(void)
{
    struct state state = {pal_loop_new(), pthread_self(), 0};
    struct poster *posters = calloc(THREADS, sizeof *posters);
    CHECK(state.loop && posters);
    for (int i = 0; i < THREADS; i++) {
        posters[i].state = &state;
        CHECK(pthread_create(&posters[i].thread, NULL, post_all, &posters[i]) == 0);
    }
    pal_loop_run(state.loop);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(posters[i].thread, NULL) == 0);
        CHECK(posters[i].expected == POSTS);
    }
    free(posters);
    pal_loop_free(state.loop);
    stopping_from_another_thread_ends_an_idle_loop();
    puts("posts: all run, in order, on the loop's thread");
    return 0;
}
