/* The heap: heap[0] is the earliest, heap[i]->index is i + 1. */
#include "timers.h"

#include <limits.h>
#include <stdlib.h>

enum { FIRST_TIMERS = 64 };

void timers_fini(struct timers *t)
{
    for (size_t i = 0; i < t->n; i++)
        t->heap[i]->index = 0;
    free(t->heap);
    *t = (struct timers){0};
}

static void put(struct timers *t, size_t at, struct pal_timer *timer)
{
    t->heap[at] = timer;
    timer->index = at + 1;
}

static void sift_up(struct timers *t, size_t at, struct pal_timer *timer)
{
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (t->heap[parent]->due_ms <= timer->due_ms)
            break;
        put(t, at, t->heap[parent]);
        at = parent;
    }
    put(t, at, timer);
}

static void sift_down(struct timers *t, size_t at, struct pal_timer *timer)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= t->n)
            break;
        if (child + 1 < t->n && t->heap[child + 1]->due_ms < t->heap[child]->due_ms)
            child++;
        if (timer->due_ms <= t->heap[child]->due_ms)
            break;
        put(t, at, t->heap[child]);
        at = child;
    }
    put(t, at, timer);
}

void timers_add(struct timers *t, struct pal_timer *timer)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : FIRST_TIMERS;
        struct pal_timer **heap = realloc(t->heap, cap * sizeof(struct pal_timer *));
        if (!heap)
            abort(); /* a timer that is lost in silence would be a connection that hangs for ever */
        t->heap = heap;
        t->cap = cap;
    }
    t->n++;
    sift_up(t, t->n - 1, timer);
}

void timers_remove(struct timers *t, struct pal_timer *timer)
{
    if (timer->index == 0)
        return;
    size_t at = timer->index - 1;
    struct pal_timer *last = t->heap[--t->n];
    timer->index = 0;
    if (last == timer)
        return;
    if (last->due_ms < timer->due_ms)
        sift_up(t, at, last);
    else
        sift_down(t, at, last);
}

struct pal_timer *timers_due(struct timers *t, int64_t now_ms)
{
    if (t->n == 0 || t->heap[0]->due_ms > now_ms)
        return NULL;
    struct pal_timer *timer = t->heap[0];
    timers_remove(t, timer);
    return timer;
}

int timers_wait(const struct timers *t, int64_t now_ms)
{
    if (t->n == 0)
        return -1;
    int64_t wait = t->heap[0]->due_ms - now_ms;
    return wait <= 0 ? 0 : wait > INT_MAX ? INT_MAX : (int)wait;
}
