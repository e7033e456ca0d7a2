/* One nng stream with its send queue: what a connection is for either side. Two threads work on it,
 * one in bus_link_read, one in bus_link_write; any thread may send and close.
 *
 * nng's rules that this code lives by (found by reading and by tests/chaos/bus_kill.c):
 * - an operation is begun only under `lock` with `dead` clear, and the stream is closed under the
 * same lock: in the TLS stream an operation that is begun after the close never ends;
 * - a TLS stream that fails by itself between two receives swallows the next receive too. So
 * somebody else must look at a link now and then (bus_link_check), and both sides send heartbeats.
 */
#ifndef PAL_BUS_LINK_H
#define PAL_BUS_LINK_H

#include "base/blob.h"
#include "bus/message.h"
#include "bus/runtime.h"

#include <nng/nng.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    BUS_LINK_BUFFER = 32 << 10,
    BUS_LINK_HARD = 4
}; /* hard limit: so many times PAL_BUS_QUEUE_MAX */

struct bus_link {
    nng_aio *tx, *rx; /* of the writer, of the reader */
    const struct bus_stats *stats;
    bool tls;
    pthread_mutex_t lock; /* leaf: everything up to the next empty line */
    pthread_cond_t cond;  /* something queued, all sent, or dead */
    nng_stream *stream;   /* owned; NULL when retired */
    struct pal_blob **ring;
    size_t head, n, cap; /* entries */
    size_t bytes;        /* waiting, by blob length */
    bool sending;
    bool dead;

    atomic_llong
        heard_ms; /* when bytes last came in; the reader's patience with its owner counts */
    struct bus_splitter splitter; /* reader */
    char *in, *out;               /* reader's, writer's: BUS_LINK_BUFFER each */
};

/* Takes the stream, also on failure. */
bool bus_link_init(struct bus_link *l, nng_stream *stream, bool tls, const struct bus_stats *stats);
/* Gives the stream and the queue back; sending stays allowed and does nothing. Reader and writer
 * have ended. */
void bus_link_retire(struct bus_link *l);
void bus_link_fini(struct bus_link *l); /* no thread may be inside any more */

/* Ends reader and writer. Any thread, any number of times. */
void bus_link_close(struct bus_link *l);
bool bus_link_dead(struct bus_link *l);

enum bus_send { BUS_SENT, BUS_DROPPED, BUS_CLOSED };
/* Queues whole frames. Over PAL_BUS_QUEUE_MAX a droppable blob is dropped; others wait up to the
 * hard limit, past which the link is closed. Takes a reference of its own. */
enum bus_send bus_link_send(struct bus_link *l, struct pal_blob *frames, bool droppable);

/* Hands each message to fn (its reference too) until fn returns false or the link ends. */
void bus_link_read(struct bus_link *l, bool (*fn)(void *ctx, struct pal_blob *message), void *ctx);
/* Sends what is queued, as few messages as fit, until the link is dead. */
void bus_link_write(struct bus_link *l);
/* Waits until all that was queued has left, or the link is dead, or until_ms. */
void bus_link_flush(struct bus_link *l, int64_t until_ms);

/* Closes the link when its peer has been silent too long or nng knows that it is gone. */
void bus_link_check(struct bus_link *l, int64_t now_ms);

#endif
