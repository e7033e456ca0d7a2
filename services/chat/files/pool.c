/* pool.h: a queue and its threads. */
#include "files/pool.h"

#include "base/queue.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS_MAX = 32, WAITING_MAX = 4096 };

struct job {
    struct pool *pool;
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct pool {
    struct pal_loop *loop;
    struct pal_queue *queue; /* of struct job */
    pthread_t threads[THREADS_MAX];
    unsigned n;
};

static void finished(void *arg)
{
    struct job *job = arg;
    job->done(job->arg);
    free(job);
}

static void *thread(void *arg)
{
    struct pool *p = arg;
    for (struct job *job; (job = pal_queue_pop(p->queue, -1));) {
        job->work(job->arg);
        if (!pal_loop_post(p->loop, finished, job))
            free(job); /* the loop has ended; its owner ends what is open */
    }
    return NULL;
}

struct pool *pool_new(struct pal_loop *loop, unsigned threads)
{
    struct pool *p = calloc(1, sizeof *p);
    if (!p || !(p->queue = pal_queue_new(WAITING_MAX))) {
        free(p);
        return NULL;
    }
    p->loop = loop;
    while (p->n < threads && p->n < THREADS_MAX &&
           pthread_create(&p->threads[p->n], NULL, thread, p) == 0)
        p->n++;
    if (p->n > 0)
        return p;
    pool_free(p);
    return NULL;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pal_queue_close(p->queue);
    while (p->n > 0)
        (void)pthread_join(p->threads[--p->n], NULL);
    pal_queue_free(p->queue);
    free(p);
}

bool pool_run(struct pool *p, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    struct job *job = malloc(sizeof *job);
    if (!job)
        return false;
    *job = (struct job){p, work, done, arg};
    if (pal_queue_push(p->queue, job))
        return true;
    free(job);
    return false;
}
