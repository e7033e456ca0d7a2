/* Shared bytes. The last reference frees; acquire/release orders the free after every other use. */
#include "base/blob.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct pal_blob *pal_blob_new(const void *p, size_t n)
{
    if (n > SIZE_MAX - sizeof(struct pal_blob))
        return NULL;
    struct pal_blob *b = malloc(sizeof *b + n);
    if (!b)
        return NULL;
    atomic_init(&b->refs, 1);
    b->n = n;
    if (p && n)
        memcpy(b->data, p, n);
    return b;
}

struct pal_blob *pal_blob_ref(struct pal_blob *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void pal_blob_unref(struct pal_blob *b)
{
    if (b && atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1)
        free(b);
}
