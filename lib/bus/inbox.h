/* What has come for the owner's thread: messages as they arrived, notes, and requests that failed.
 */
#ifndef PAL_BUS_INBOX_H
#define PAL_BUS_INBOX_H

#include "base/blob.h"
#include "bus/bus.h"
#include "bus/runtime.h"

#include <stdatomic.h>

struct bus_item {
    enum { BUS_ITEM_MESSAGE, BUS_ITEM_NOTE, BUS_ITEM_FAIL } kind;
    enum pal_bus_note note;
    enum pal_code code;
    unsigned replica;
    struct pal_blob *blob; /* MESSAGE; owned */
    pal_bus_reply_fn *fn;  /* FAIL */
    void *arg;
};

struct bus_inbox {
    void (*wake)(void *ctx); /* NULL: nothing is kept but the counter */
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t event; /* count has moved */
    pthread_cond_t room;  /* taken, or closed */
    struct bus_item *items;
    size_t n, cap;
    size_t bytes;   /* of the blobs */
    uint64_t count; /* events, notes and interruptions */
    bool closed;
    bool interrupted;
};

void bus_inbox_init(struct bus_inbox *in, void (*wake)(void *ctx), void *ctx);
void bus_inbox_fini(struct bus_inbox *in); /* what is left must have been taken */

/* A message with something in it for the owner. Takes the reference. Waits while PAL_BUS_QUEUE_MAX
 * bytes are there already (the peer is then not read), marking *heard_ms meanwhile. */
void bus_inbox_message(struct bus_inbox *in, struct pal_blob *blob, unsigned replica,
                       atomic_llong *heard_ms);
void bus_inbox_note(struct bus_inbox *in, enum pal_bus_note note, unsigned replica);
void bus_inbox_fail(struct bus_inbox *in, pal_bus_reply_fn *fn, void *arg, enum pal_code code);
void bus_inbox_count(struct bus_inbox *in, uint64_t n); /* events have come */
void bus_inbox_close(struct bus_inbox *in);             /* ends waits of readers */

/* Everything that is there; the caller frees the array. */
struct bus_item *bus_inbox_take(struct bus_inbox *in, size_t *n);
/* Takes the reference. Owner's thread. */
void bus_dispatch_message(struct pal_bus_client *c, const struct pal_bus_handlers *h,
                          struct pal_blob *blob);

#endif
