/* Output queue of shared frames. Nothing here does I/O. */
#include "outq.h"

#include <stdlib.h>

enum { OUTQ_FIRST = 8 };

static uint32_t capacity(const struct outq *q)
{
    return q->cap ? q->cap : OUTQ_FEW;
}

/* The place of the i-th that waits. */
static struct pal_blob **place(const struct outq *q, uint32_t i)
{
    uint32_t at = (q->head + i) & (capacity(q) - 1);
    return q->items ? &q->items[at] : (struct pal_blob **)(uintptr_t)&q->few[at];
}

void outq_fini(struct outq *q)
{
    for (uint32_t i = 0; i < q->n; i++)
        pal_blob_unref(*place(q, i));
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
        items[i] = *place(q, i);
    free(q->items);
    q->items = items;
    q->head = 0;
    q->cap = cap;
    return true;
}

bool outq_push(struct outq *q, struct pal_blob *frame)
{
    if (q->n == capacity(q) && !resize(q, q->cap ? q->cap * 2 : OUTQ_FIRST))
        return false;
    *place(q, q->n) = pal_blob_ref(frame);
    q->n++;
    q->bytes += frame->n;
    return true;
}

int outq_vectors(const struct outq *q, struct iovec *v, int max)
{
    int n = 0;
    size_t skip = q->offset;
    for (uint32_t i = 0; i < q->n && n < max; i++, n++) {
        const struct pal_blob *b = *place(q, i);
        v[n] = (struct iovec){(char *)(uintptr_t)b->data + skip, b->n - skip};
        skip = 0;
    }
    return n;
}

void outq_consume(struct outq *q, size_t n)
{
    q->bytes -= n;
    while (n > 0) {
        struct pal_blob *b = *place(q, 0);
        size_t left = b->n - q->offset;
        if (n < left) {
            q->offset += (uint32_t)n;
            break;
        }
        n -= left;
        q->offset = 0;
        q->head = (q->head + 1) & (capacity(q) - 1);
        q->n--;
        pal_blob_unref(b);
    }
    /* A burst must not leave anything behind in every socket. */
    if (q->n == 0 && q->cap > 0)
        outq_fini(q);
}

size_t outq_trim(struct outq *q)
{
    size_t before = q->bytes;
    uint32_t keep = q->offset > 0 ? 1 : 0;
    while (q->n > keep) {
        struct pal_blob *last = *place(q, q->n - 1);
        q->bytes -= last->n;
        q->n--;
        pal_blob_unref(last);
    }
    return before - q->bytes;
}
