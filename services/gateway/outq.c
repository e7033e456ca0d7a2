/* Output queue of shared frames. Nothing here does I/O. */
#include "outq.h"

#include <stdlib.h>

enum { OUTQ_FIRST = 4, OUTQ_KEEP = 8 };

void outq_fini(struct outq *q)
{
    for (uint32_t i = 0; i < q->n; i++)
        pal_blob_unref(q->items[(q->head + i) & (q->cap - 1)]);
    free(q->items);
    *q = (struct outq){0};
}

/* Moves the references to a ring of `cap` places, oldest first. */
static bool resize(struct outq *q, uint32_t cap)
{
    struct pal_blob **items = calloc(cap, sizeof(struct pal_blob *));
    if (!items)
        return false;
    for (uint32_t i = 0; i < q->n; i++)
        items[i] = q->items[(q->head + i) & (q->cap - 1)];
    free(q->items);
    q->items = items;
    q->head = 0;
    q->cap = cap;
    return true;
}

bool outq_push(struct outq *q, struct pal_blob *frame)
{
    if (q->n == q->cap && !resize(q, q->cap ? q->cap * 2 : OUTQ_FIRST))
        return false;
    q->items[(q->head + q->n) & (q->cap - 1)] = pal_blob_ref(frame);
    q->n++;
    q->bytes += frame->n;
    return true;
}

int outq_vectors(const struct outq *q, struct iovec *v, int max)
{
    int n = 0;
    size_t skip = q->offset;
    for (uint32_t i = 0; i < q->n && n < max; i++, n++) {
        struct pal_blob *b = q->items[(q->head + i) & (q->cap - 1)];
        v[n] = (struct iovec){b->data + skip, b->n - skip};
        skip = 0;
    }
    return n;
}

size_t outq_consume(struct outq *q, size_t n)
{
    size_t done = 0;
    q->bytes -= n;
    while (n > 0) {
        struct pal_blob *b = q->items[q->head];
        size_t left = b->n - q->offset;
        if (n < left) {
            q->offset += (uint32_t)n;
            break;
        }
        n -= left;
        q->offset = 0;
        q->head = (q->head + 1) & (q->cap - 1);
        q->n--;
        done++;
        pal_blob_unref(b);
    }
    /* A burst must not leave its peak behind in every socket. */
    if (q->n == 0 && q->cap > OUTQ_KEEP)
        outq_fini(q);
    return done;
}

size_t outq_trim(struct outq *q)
{
    size_t before = q->bytes;
    uint32_t keep = q->offset > 0 ? 1 : 0;
    while (q->n > keep) {
        struct pal_blob *last = q->items[(q->head + q->n - 1) & (q->cap - 1)];
        q->bytes -= last->n;
        q->n--;
        pal_blob_unref(last);
    }
    return before - q->bytes;
}
