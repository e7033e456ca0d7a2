/* The queue between threads: nothing lost, nothing twice, order per producer, closing wakes
 * everybody. */
#include "base/queue.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRODUCERS = 3, CONSUMERS = 3, ITEMS = 50000 };

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

struct producer {
    struct pal_queue *q;
    pthread_t thread;
    int items[ITEMS]; /* how often each was taken */
};

static void *produce(void *arg)
{
    struct producer *p = arg;
    for (int i = 0; i < ITEMS; i++)
        while (!pal_queue_push(p->q, &p->items[i]))
            sched_yield(); /* full: the test wants all of them through a small queue */
    return NULL;
}

static void *consume(void *arg)
{
    struct pal_queue *q = arg;
    void *batch[7];
    size_t n;
    while ((n = pal_queue_pop_many(q, batch, 7, -1)) > 0)
        for (size_t i = 0; i < n; i++)
            ++*(int *)batch[i];
    return NULL;
}

static void many_threads_lose_and_double_nothing(void)
{
    struct pal_queue *q = pal_queue_new(64);
    struct producer *producers = calloc(PRODUCERS, sizeof *producers);
    pthread_t consumers[CONSUMERS];
    CHECK(q && producers);
    for (int i = 0; i < CONSUMERS; i++)
        CHECK(pthread_create(&consumers[i], NULL, consume, q) == 0);
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i].q = q;
        CHECK(pthread_create(&producers[i].thread, NULL, produce, &producers[i]) == 0);
    }
    for (int i = 0; i < PRODUCERS; i++)
        CHECK(pthread_join(producers[i].thread, NULL) == 0);
    pal_queue_close(q);
    for (int i = 0; i < CONSUMERS; i++)
        CHECK(pthread_join(consumers[i], NULL) == 0);
    for (int i = 0; i < PRODUCERS; i++)
        for (int j = 0; j < ITEMS; j++)
            CHECK(producers[i].items[j] == 1);
    free(producers);
    pal_queue_free(q);
}

static void items_come_in_order_and_the_queue_is_bounded(void)
{
    int items[4];
    void *batch[8];
    struct pal_queue *q = pal_queue_new(3);
    CHECK(q && pal_queue_push(q, &items[0]) && pal_queue_push(q, &items[1]));
    CHECK(pal_queue_push(q, &items[2]) && !pal_queue_push(q, &items[3]));
    CHECK(pal_queue_length(q) == 3);
    CHECK(pal_queue_pop(q, 0) == &items[0]);
    CHECK(pal_queue_push(q, &items[3]));
    CHECK(pal_queue_pop_many(q, batch, 8, 0) == 3);
    CHECK(batch[0] == &items[1] && batch[1] == &items[2] && batch[2] == &items[3]);
    CHECK(pal_queue_pop(q, 0) == NULL && pal_queue_pop(q, 5) == NULL);
    pal_queue_free(q);
}

static void a_closed_queue_gives_what_is_left_then_nothing(void)
{
    int item;
    struct pal_queue *q = pal_queue_new(3);
    CHECK(q && pal_queue_push(q, &item) && !pal_queue_closed(q));
    pal_queue_close(q);
    CHECK(pal_queue_closed(q) && !pal_queue_push(q, &item));
    CHECK(pal_queue_pop(q, -1) == &item);
    CHECK(pal_queue_pop(q, -1) == NULL);
    pal_queue_free(q);
    pal_queue_free(NULL);
    CHECK(pal_queue_new(0) == NULL && pal_queue_new(SIZE_MAX) == NULL);
}

enum { GATHERED = 5, LONG_US = 60 * 1000 * 1000 };

static void *push_slowly(void *arg)
{
    static int item;
    struct pal_queue *q = arg;
    for (int i = 0; i < GATHERED; i++) {
        CHECK(pal_queue_push(q, &item));
        sched_yield();
    }
    return NULL;
}

static void *push_one(void *arg)
{
    static int item;
    CHECK(pal_queue_push(arg, &item));
    return NULL;
}

static void *close_it(void *arg)
{
    pal_queue_close(arg);
    return NULL;
}

/* Each of these would last a minute if it missed what it waits for. */
static void gathering_ends_with_enough_with_time_and_with_the_queue(void)
{
    int item;
    pthread_t other;
    void *batch[8];
    struct pal_queue *q = pal_queue_new(8);
    for (int round = 0; round < 100; round++) {
        CHECK(q && pthread_create(&other, NULL, push_slowly, q) == 0);
        pal_queue_gather(q, GATHERED, LONG_US);
        CHECK(pal_queue_length(q) == GATHERED);
        CHECK(pthread_join(other, NULL) == 0);
        CHECK(pal_queue_pop_many(q, batch, 8, 0) == GATHERED);
    }
    CHECK(pthread_create(&other, NULL, push_one, q) == 0);
    CHECK(pal_queue_pop(q, -1) != NULL); /* one is enough again */
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(pal_queue_push(q, &item));
    pal_queue_gather(q, GATHERED, 1000);
    CHECK(pal_queue_pop_many(q, batch, 8, 0) == 1);
    CHECK(pthread_create(&other, NULL, close_it, q) == 0);
    pal_queue_gather(q, GATHERED, LONG_US);
    CHECK(pal_queue_closed(q) && pthread_join(other, NULL) == 0);
    pal_queue_free(q);
}

int main(void)
{
    many_threads_lose_and_double_nothing();
    items_come_in_order_and_the_queue_is_bounded();
    a_closed_queue_gives_what_is_left_then_nothing();
    gathering_ends_with_enough_with_time_and_with_the_queue();
    puts("queues: bounded, ordered, nothing lost");
    return 0;
}
