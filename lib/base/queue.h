/* A bounded queue of pointers that hands ownership from any thread to any thread. */
#ifndef PAL_BASE_QUEUE_H
#define PAL_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_queue;

/* max: entries that may wait. NULL: out of memory. */
struct pal_queue *pal_queue_new(size_t max);
void pal_queue_free(
    struct pal_queue *q); /* what is still queued stays the caller's business: drain first */

/* False when full or closed: the item stays the caller's. */
bool pal_queue_push(struct pal_queue *q, void *item);
/* Blocks up to timeout_ms (-1: for ever); NULL on time-out, or when closed and empty. */
void *pal_queue_pop(struct pal_queue *q, int timeout_ms);
/* Blocks for the first item only, then takes what is there, up to max items. 0 on time-out or
 * closed. */
size_t pal_queue_pop_many(struct pal_queue *q, void **items, size_t max, int timeout_ms);
/* Blocks until n items wait (at most max), the queue is closed or timeout_us has passed; takes
 * none. For a queue with one popper. */
void pal_queue_gather(struct pal_queue *q, size_t n, int64_t timeout_us);
size_t pal_queue_length(struct pal_queue *q);
/* No push succeeds any more; poppers get what is left, then NULL. */
void pal_queue_close(struct pal_queue *q);
bool pal_queue_closed(struct pal_queue *q);

#endif
