/* Two arrays that change places: threads fill one while the loop runs the other, so callbacks run
 * without the lock and may post again. */
#include "posts.h"

#include <stdlib.h>

enum { FIRST_POSTS = 64 };

bool posts_init(struct posts *p)
{
    *p = (struct posts){0};
    return pthread_mutex_init(&p->lock, NULL) == 0;
}

void posts_fini(struct posts *p)
{
    free(p->inbox.items);
    free(p->batch.items);
    pthread_mutex_destroy(&p->lock);
}

/* With the lock held. */
static bool append(struct post_list *list, struct post item)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : FIRST_POSTS;
        struct post *items = cap <= POSTS_MAX ? realloc(list->items, cap * sizeof *items) : NULL;
        if (!items)
            return false;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = item;
    return true;
}

bool posts_add(struct posts *p, struct post item, bool *first)
{
    pthread_mutex_lock(&p->lock);
    *first = p->inbox.n == 0;
    bool added = !p->closed && append(&p->inbox, item);
    pthread_mutex_unlock(&p->lock);
    return added;
}

void posts_run(struct posts *p)
{
    pthread_mutex_lock(&p->lock);
    struct post_list batch = p->inbox;
    p->inbox = p->batch;
    p->batch = batch;
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->batch.n; i++)
        p->batch.items[i].fn(p->batch.items[i].arg);
    p->batch.n = 0;
}

void posts_close(struct posts *p, bool closed)
{
    pthread_mutex_lock(&p->lock);
    p->closed = closed;
    pthread_mutex_unlock(&p->lock);
}
