/* Immutable bytes with a reference count: encoded once, shared by many queues. Any thread. */
#ifndef PAL_BASE_BLOB_H
#define PAL_BASE_BLOB_H

#include <stdatomic.h>
#include <stddef.h>

struct pal_blob {
    atomic_uint refs;
    size_t n;
    char data[]; /* n bytes */
};

/* Copies n bytes (p may be NULL: uninitialised, to be filled before it is shared). NULL: out of
 * memory. */
struct pal_blob *pal_blob_new(const void *p, size_t n);
struct pal_blob *pal_blob_ref(struct pal_blob *b);
void pal_blob_unref(struct pal_blob *b); /* NULL allowed */

#endif
