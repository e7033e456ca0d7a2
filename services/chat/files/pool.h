/* Threads for what blocks: disks, hashes, the object store. They know nothing of HTTP or SQL.
 * A job's `work` runs on one of them, then its `done` on the loop's thread. */
#ifndef CHAT_FILES_POOL_H
#define CHAT_FILES_POOL_H

#include "loop/loop.h"

#include <stdbool.h>

struct pool;

struct pool *pool_new(struct pal_loop *loop, unsigned threads); /* NULL: no memory or threads */
/* Ends after what is queued. What is posted to the loop then still runs if the loop does. */
void pool_free(struct pool *p);
/* False: too much is waiting; neither runs. The loop's thread. */
bool pool_run(struct pool *p, void (*work)(void *arg), void (*done)(void *arg), void *arg);

#endif
