/* The output queue of one socket: references to shared frames, written with one writev per turn.
 * Two places are its own, more are allocated while they are needed: a quiet socket has none. Loop's
 * thread. */
#ifndef GATEWAY_OUTQ_H
#define GATEWAY_OUTQ_H

#include "base/blob.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum { OUTQ_FEW = 2 };

struct outq {
    struct pal_blob *few[OUTQ_FEW];
    struct pal_blob **items; /* ring of cap references, owned; NULL: `few` is enough */
    uint32_t head, n, cap;   /* cap is a power of two; 0: `few` is used */
    uint32_t offset;         /* bytes of the first frame that have left already */
    size_t bytes;            /* waiting in all */
};

void outq_fini(struct outq *q);
/* Takes a reference of its own. False: out of memory, nothing was queued. */
bool outq_push(struct outq *q, struct pal_blob *frame);
/* Fills at most max vectors with what waits, in order; returns how many. */
int outq_vectors(const struct outq *q, struct iovec *v, int max);
/* n bytes have been written. */
void outq_consume(struct outq *q, size_t n);
/* Forgets all but the rest of a frame that has left in part. Returns how many bytes that were. */
size_t outq_trim(struct outq *q);

#endif
