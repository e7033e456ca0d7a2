/* Work handed to a loop from any thread; private to lib/loop. */
#ifndef PAL_LOOP_POSTS_H
#define PAL_LOOP_POSTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { POSTS_MAX = 1 << 16 };

struct post {
    void (*fn)(void *arg);
    void *arg;
};

struct post_list {
    struct post *items; /* owned */
    size_t n;
    size_t cap;
};

struct posts {
    pthread_mutex_t lock;   /* leaf: guards inbox and closed */
    struct post_list inbox; /* filled by any thread */
    struct post_list batch; /* being run: the loop's thread only */
    bool closed;
};

bool posts_init(struct posts *p);
void posts_fini(struct posts *p);
/* False: closed, full or out of memory. *first: the inbox was empty, so the loop must be woken. */
bool posts_add(struct posts *p, struct post item, bool *first);
/* Runs what was posted before the call. The loop's thread. */
void posts_run(struct posts *p);
void posts_close(struct posts *p, bool closed);

#endif
