/* A ring of pointers under one mutex. The mutex is a leaf: nothing else is locked while it is held.
 */
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct pal_queue {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t filled;
    size_t max;
    size_t first; /* index of the oldest item */
    size_t n;
    size_t enough; /* items that are worth waking somebody for: 1, but while a popper gathers */
    bool closed;
    void *items[]; /* max of them */
};

static bool init_sync(struct pal_queue *q)
{
    pthread_condattr_t attr;
    if (pthread_mutex_init(&q->lock, NULL) != 0)
        return false;
    if (pthread_condattr_init(&attr) != 0) {
        pthread_mutex_destroy(&q->lock);
        return false;
    }
    /* Monotonic: setting the wall clock must not stretch or cut a wait. */
    bool ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&q->filled, &attr) == 0;
    pthread_condattr_destroy(&attr);
    if (!ok)
        pthread_mutex_destroy(&q->lock);
    return ok;
}

struct pal_queue *pal_queue_new(size_t max)
{
    if (max == 0 || max > (SIZE_MAX - sizeof(struct pal_queue)) / sizeof(void *))
        return NULL;
    struct pal_queue *q = calloc(1, sizeof *q + max * sizeof(void *));
    if (!q || !init_sync(q)) {
        free(q);
        return NULL;
    }
    q->max = max;
    q->enough = 1;
    return q;
}

void pal_queue_free(struct pal_queue *q)
{
    if (!q)
        return;
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

bool pal_queue_push(struct pal_queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    bool fits = !q->closed && q->n < q->max;
    if (fits) {
        q->items[(q->first + q->n) % q->max] = item;
        q->n++;
        if (q->n >= q->enough)
            pthread_cond_signal(&q->filled);
    }
    pthread_mutex_unlock(&q->lock);
    return fits;
}

static struct timespec deadline_in(int64_t us)
{
    struct timespec deadline = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += us / 1000000;
    deadline.tv_nsec += (long)(us % 1000000) * 1000;
    deadline.tv_sec += deadline.tv_nsec / 1000000000;
    deadline.tv_nsec %= 1000000000;
    return deadline;
}

/* Called with the lock held: returns when there are n items, the queue is closed or time is up (-1:
 * never). */
static void wait_filled(struct pal_queue *q, size_t n, int64_t timeout_us)
{
    struct timespec deadline = deadline_in(timeout_us < 0 ? 0 : timeout_us);
    while (q->n < n && !q->closed) {
        if (timeout_us < 0)
            pthread_cond_wait(&q->filled, &q->lock);
        else if (pthread_cond_timedwait(&q->filled, &q->lock, &deadline) == ETIMEDOUT)
            return;
    }
}

void pal_queue_gather(struct pal_queue *q, size_t n, int64_t timeout_us)
{
    pthread_mutex_lock(&q->lock);
    q->enough = n;
    wait_filled(q, n, timeout_us);
    q->enough = 1;
    pthread_mutex_unlock(&q->lock);
}

size_t pal_queue_pop_many(struct pal_queue *q, void **items, size_t max, int timeout_ms)
{
    size_t taken = 0;
    pthread_mutex_lock(&q->lock);
    wait_filled(q, 1, timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000);
    while (taken < max && q->n > 0) {
        items[taken++] = q->items[q->first];
        q->first = (q->first + 1) % q->max;
        q->n--;
    }
    pthread_mutex_unlock(&q->lock);
    return taken;
}

void *pal_queue_pop(struct pal_queue *q, int timeout_ms)
{
    void *item = NULL;
    return pal_queue_pop_many(q, &item, 1, timeout_ms) ? item : NULL;
}

size_t pal_queue_length(struct pal_queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t n = q->n;
    pthread_mutex_unlock(&q->lock);
    return n;
}

void pal_queue_close(struct pal_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

bool pal_queue_closed(struct pal_queue *q)
{
    pthread_mutex_lock(&q->lock);
    bool closed = q->closed;
    pthread_mutex_unlock(&q->lock);
    return closed;
}
