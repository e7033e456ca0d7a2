/* See link.h. The writer joins what is waiting: blobs that fit its buffer together leave as one
 * message. */
#include "bus/link.h"

#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

bool bus_link_init(struct bus_link *l, nng_stream *stream, bool tls, const struct bus_stats *stats)
{
    *l = (struct bus_link){.stream = stream, .tls = tls, .stats = stats};
    pthread_mutex_init(&l->lock, NULL);
    bus_cond_init(&l->cond);
    bus_splitter_init(&l->splitter, PAL_FRAME_HEADER + 4096); /* until HELLO */
    atomic_init(&l->heard_ms, pal_mono_ms());
    l->in = malloc(BUS_LINK_BUFFER);
    l->out = malloc(BUS_LINK_BUFFER);
    if (l->in && l->out && nng_aio_alloc(&l->tx, NULL, NULL) == 0 &&
        nng_aio_alloc(&l->rx, NULL, NULL) == 0)
        return true;
    bus_link_fini(l);
    return false;
}

void bus_link_retire(struct bus_link *l)
{
    bus_link_close(l);
    pthread_mutex_lock(&l->lock);
    nng_stream_free(l->stream); /* nng's reaper closes the descriptor soon after */
    l->stream = NULL;
    for (; l->n > 0; l->n--) {
        pal_blob_unref(l->ring[l->head]);
        l->head = (l->head + 1) & (l->cap - 1);
    }
    pthread_mutex_unlock(&l->lock);
    nng_aio_free(l->tx);
    nng_aio_free(l->rx);
    free(l->in);
    free(l->out);
    l->tx = l->rx = NULL;
    l->in = l->out = NULL;
    bus_splitter_fini(&l->splitter);
}

void bus_link_fini(struct bus_link *l)
{
    bus_link_retire(l);
    free(l->ring);
    pthread_cond_destroy(&l->cond);
    pthread_mutex_destroy(&l->lock);
}

void bus_link_close(struct bus_link *l)
{
    pthread_mutex_lock(&l->lock);
    l->dead = true;
    /* Again on every call: it also ends an operation that a failed TLS stream has swallowed. */
    if (l->stream)
        nng_stream_close(l->stream);
    pthread_cond_broadcast(&l->cond);
    pthread_mutex_unlock(&l->lock);
}

bool bus_link_dead(struct bus_link *l)
{
    pthread_mutex_lock(&l->lock);
    bool dead = l->dead;
    pthread_mutex_unlock(&l->lock);
    return dead;
}

/* With the lock held. */
static bool ring_grow(struct bus_link *l)
{
    size_t cap = l->cap ? l->cap * 2 : 16;
    struct pal_blob **ring = malloc(cap * sizeof(struct pal_blob *));
    if (!ring)
        return false;
    for (size_t i = 0; i < l->n; i++)
        ring[i] = l->ring[(l->head + i) & (l->cap - 1)];
    free(l->ring);
    l->ring = ring;
    l->cap = cap;
    l->head = 0;
    return true;
}

/* With the lock held. */
static enum bus_send push(struct bus_link *l, struct pal_blob *b, bool droppable)
{
    size_t bytes = l->bytes + b->n;
    if (l->dead || b->n > PAL_BUS_BATCH_MAX)
        return BUS_CLOSED;
    if (bytes > PAL_BUS_QUEUE_MAX && droppable)
        return BUS_DROPPED;
    if (bytes > (size_t)BUS_LINK_HARD * PAL_BUS_QUEUE_MAX || (l->n == l->cap && !ring_grow(l)))
        return BUS_CLOSED;
    l->ring[(l->head + l->n) & (l->cap - 1)] = pal_blob_ref(b);
    l->n++;
    l->bytes = bytes;
    if (l->n == 1 && !l->sending)
        pthread_cond_broadcast(&l->cond);
    return BUS_SENT;
}

enum bus_send bus_link_send(struct bus_link *l, struct pal_blob *frames, bool droppable)
{
    pthread_mutex_lock(&l->lock);
    bool was_dead = l->dead;
    enum bus_send r = push(l, frames, droppable);
    pthread_mutex_unlock(&l->lock);
    if (r == BUS_CLOSED && !was_dead)
        bus_link_close(l);
    if (r == BUS_SENT)
        pal_metric_add(l->stats->frames_out,
                       bus_count_frames((struct pal_str){frames->data, frames->n}));
    if (r == BUS_DROPPED)
        pal_metric_add(l->stats->dropped, 1);
    return r;
}

/* ---- writer
 * --------------------------------------------------------------------------------------- */

/* Begins and ends one operation; bytes moved, 0 when the link is over. */
static size_t transfer(struct bus_link *l, nng_aio *aio, unsigned n, const nng_iov *iov,
                       void (*op)(nng_stream *, nng_aio *))
{
    if (nng_aio_set_iov(aio, n, iov) != 0)
        return 0;
    pthread_mutex_lock(&l->lock);
    bool begun = !l->dead;
    if (begun)
        op(l->stream, aio);
    pthread_mutex_unlock(&l->lock);
    if (!begun)
        return 0;
    nng_aio_wait(aio);
    return nng_aio_result(aio) == 0 ? nng_aio_count(aio) : 0;
}

static bool send_all(struct bus_link *l, const char *p, size_t n)
{
    while (n > 0) {
        nng_iov iov = {(void *)(uintptr_t)p, n};
        size_t k = transfer(l, l->tx, 1, &iov, nng_stream_send);
        if (k == 0)
            return false;
        p += k;
        n -= k;
    }
    return true;
}

/* With the lock held: the next blob when it fits into `room` bytes. */
static struct pal_blob *pop(struct bus_link *l, size_t room)
{
    if (l->n == 0 || l->ring[l->head]->n > room)
        return NULL;
    struct pal_blob *b = l->ring[l->head];
    l->head = (l->head + 1) & (l->cap - 1);
    l->n--;
    l->bytes -= b->n;
    return b;
}

/* With the lock held: copies what fits together behind the length; a blob too big for that is
 * returned. */
static struct pal_blob *gather(struct bus_link *l, size_t *n)
{
    struct pal_blob *b;
    *n = BUS_LENGTH;
    while ((b = pop(l, BUS_LINK_BUFFER - *n)) != NULL) {
        memcpy(l->out + *n, b->data, b->n);
        *n += b->n;
        pal_blob_unref(b);
    }
    return *n == BUS_LENGTH ? pop(l, SIZE_MAX) : NULL;
}

static bool send_next(struct bus_link *l, struct pal_blob *big, size_t n)
{
    uint8_t length[BUS_LENGTH];
    bus_put_length(length, big ? big->n : n - BUS_LENGTH);
    memcpy(l->out, length, BUS_LENGTH);
    if (!big)
        return send_all(l, l->out, n);
    bool ok = send_all(l, l->out, BUS_LENGTH) && send_all(l, big->data, big->n);
    pal_blob_unref(big);
    return ok;
}

void bus_link_write(struct bus_link *l)
{
    bool ok = true;
    while (ok) {
        size_t n = 0;
        pthread_mutex_lock(&l->lock);
        l->sending = false;
        if (l->n == 0)
            pthread_cond_broadcast(&l->cond); /* flush */
        while (!l->dead && l->n == 0)
            pthread_cond_wait(&l->cond, &l->lock);
        if (l->dead) {
            pthread_mutex_unlock(&l->lock);
            return;
        }
        l->sending = true;
        struct pal_blob *big = gather(l, &n);
        pthread_mutex_unlock(&l->lock);
        ok = send_next(l, big, n);
    }
    bus_link_close(l);
}

void bus_link_flush(struct bus_link *l, int64_t until_ms)
{
    pthread_mutex_lock(&l->lock);
    while (!l->dead && (l->n > 0 || l->sending) && pal_mono_ms() < until_ms)
        bus_cond_wait(&l->cond, &l->lock, until_ms);
    pthread_mutex_unlock(&l->lock);
}

/* ---- reader
 * --------------------------------------------------------------------------------------- */

/* Feeds n bytes of l->in; false when the link is to end. */
static bool feed(struct bus_link *l, size_t n, bool (*fn)(void *, struct pal_blob *), void *ctx)
{
    struct pal_str in = {l->in, n};
    struct pal_blob *message = NULL;
    enum bus_split r;
    while ((r = bus_split(&l->splitter, &in, &message)) == BUS_SPLIT_MESSAGE)
        if (!fn(ctx, message))
            return false;
    if (r == BUS_SPLIT_BAD)
        pal_metric_add(l->stats->refused, 1);
    return r == BUS_SPLIT_MORE;
}

/* One receive: into the message in progress, and behind it into the buffer. */
static bool read_some(struct bus_link *l, bool (*fn)(void *, struct pal_blob *), void *ctx)
{
    size_t space;
    char *direct = bus_splitter_space(&l->splitter, &space);
    nng_iov iov[2] = {{direct, space}, {l->in, BUS_LINK_BUFFER}};
    unsigned skip = space == 0;
    size_t n = transfer(l, l->rx, 2 - skip, iov + skip, nng_stream_recv);
    if (n == 0)
        return false;
    atomic_store_explicit(&l->heard_ms, pal_mono_ms(), memory_order_relaxed);
    size_t k = n < space ? n : space;
    struct pal_blob *message = NULL;
    if (k > 0 && bus_splitter_filled(&l->splitter, k, &message) && !fn(ctx, message))
        return false;
    return n == k || feed(l, n - k, fn, ctx);
}

void bus_link_read(struct bus_link *l, bool (*fn)(void *ctx, struct pal_blob *message), void *ctx)
{
    while (read_some(l, fn, ctx))
        ;
    bus_link_close(l);
}

void bus_link_check(struct bus_link *l, int64_t now_ms)
{
    nng_sockaddr peer;
    bool silent =
        now_ms - atomic_load_explicit(&l->heard_ms, memory_order_relaxed) > BUS_SILENCE_MS;
    pthread_mutex_lock(&l->lock);
    bool gone = l->stream && l->tls && nng_stream_get_addr(l->stream, NNG_OPT_REMADDR, &peer) != 0;
    bool found = !l->dead && (silent || gone);
    pthread_mutex_unlock(&l->lock);
    if (found)
        pal_metric_add(l->stats->found, 1);
    if (silent || gone)
        bus_link_close(l);
}
