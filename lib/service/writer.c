/* The writer lane: one thread, one connection. It takes whatever is waiting and hands it to the
 * service as one batch; while the batch commits, the next one gathers. Replies leave as one message
 * for each peer.
 *
 * A transaction costs as much for itself as a dozen calls in it do. So under load they are spaced:
 * the next one starts as many milliseconds after the last one did as that had calls, SPACING_MS at
 * most. Who comes alone waits for nobody. */
#include "service/call.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include <stdlib.h>

enum { SPACING_MS = 6, GATHERED = 64 }; /* nothing is gained by waiting for more than so many */

/* Everything of a batch; allocated once. */
struct writer {
    struct pal_lane_state *lane;
    struct pal_db *db;
    struct pal_arena arena;
    struct pal_job *jobs[PAL_WRITER_BATCH_MAX];
    struct pal_call calls[PAL_WRITER_BATCH_MAX];
    struct pal_call_private privates[PAL_WRITER_BATCH_MAX];
    enum pal_code codes[PAL_WRITER_BATCH_MAX];
    struct pal_call *good[PAL_WRITER_BATCH_MAX]; /* those that passed the checks */
    struct pal_frame replies[PAL_WRITER_BATCH_MAX];
    bool sent[PAL_WRITER_BATCH_MAX];
    struct pal_buf bytes;
    int64_t start_us; /* of the last batch */
    size_t last;      /* calls in it */
    struct pal_metric *sizes, *seconds;
};

/* Checks every call. Returns how many go to the writer function. */
static size_t prepare(struct writer *w, size_t n)
{
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        pal_call_init(&w->calls[i], &w->privates[i], w->lane->service, w->db, &w->arena,
                      w->jobs[i]);
        w->codes[i] = pal_call_prepare(&w->calls[i]);
        if (w->codes[i] == PAL_OK)
            w->good[good++] = &w->calls[i];
    }
    return good;
}

static void settle(struct writer *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct pal_call *c = &w->calls[i];
        if (w->codes[i] == PAL_OK && c->err.def)
            w->codes[i] = c->err.def->code;
        else if (w->codes[i] == PAL_OK && !c->priv->replied)
            w->codes[i] = pal_fail(c, &pal_err_service_internal, "the writer gave no answer");
        if (w->codes[i] != PAL_OK)
            c->events = NULL;
        pal_call_answer(c, w->codes[i], &w->replies[i]);
        w->sent[i] = false;
    }
}

static void send_bytes(struct writer *w, struct pal_bus_peer *peer)
{
    struct pal_blob *blob = w->bytes.n > 0 ? pal_blob_new(w->bytes.p, w->bytes.n) : NULL;
    if (blob)
        pal_bus_peer_send(peer, blob);
    pal_blob_unref(blob);
    pal_buf_clear(&w->bytes);
}

/* All replies of the batch for the peer of job `from`, as one message (more when they do not fit).
 */
static void reply_peer(struct writer *w, size_t from, size_t n)
{
    struct pal_bus_peer *peer = w->jobs[from]->peer;
    for (size_t i = from; i < n; i++) {
        if (w->jobs[i]->peer != peer || w->sent[i])
            continue;
        if (w->bytes.n + PAL_FRAME_HEADER + w->replies[i].body.n > PAL_BUS_BATCH_MAX)
            send_bytes(w, peer);
        pal_frame_encode(&w->replies[i], &w->bytes);
        w->sent[i] = true;
    }
    send_bytes(w, peer);
}

static void reply_all(struct writer *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (w->sent[i])
            continue;
        if (w->jobs[i]->peer)
            reply_peer(w, i, n);
        else
            pal_job_reply(w->jobs[i], w->replies[i].status, w->replies[i].body);
    }
}

static void finish(struct writer *w, size_t n)
{
    int64_t now = pal_mono_us();
    for (size_t i = 0; i < n; i++) {
        pal_metric_observe_us(w->lane->latency, now - w->jobs[i]->queued_us);
        pal_metric_observe_us(w->lane->wait, w->start_us - w->jobs[i]->queued_us);
        pal_call_fini(&w->calls[i]);
        pal_job_free(w->jobs[i]);
    }
    pal_arena_reset(&w->arena);
}

static void store(struct writer *w, size_t good)
{
    int64_t start = pal_mono_us();
    w->lane->service->spec->writer(w->db, &w->arena, w->good, good);
    pal_metric_observe_us(w->seconds, pal_mono_us() - start);
    pal_metric_observe_count(w->sizes, (int64_t)good);
}

static void run_batch(struct writer *w, size_t n)
{
    struct pal_service *s = w->lane->service;
    pal_metric_add(w->lane->depth, -(int64_t)n);
    w->start_us = pal_mono_us();
    w->last = n;
    size_t good = prepare(w, n);
    if (good > 0)
        store(w, good);
    settle(w, n);
    reply_all(w, n);
    if (good > 0) {
        pal_calls_publish(s, w->good, good);
        pal_keeper_stir(s);
    }
    finish(w, n);
}

static struct writer *writer_new(struct pal_lane_state *lane)
{
    struct pal_error err = {0};
    struct writer *w = calloc(1, sizeof *w);
    if (!w || pal_service_db(lane->service, "writer", &w->db, &err) != PAL_OK) {
        pal_log(PAL_ERROR, "writer cannot start");
        free(w);
        return NULL;
    }
    w->lane = lane;
    w->sizes = pal_histogram_of_counts("palique_writer_batch_calls", NULL,
                                       "Calls that the writer stored together");
    w->seconds = pal_histogram("palique_writer_batch_seconds", NULL,
                               "What the writer took to store a batch, commit included");
    pal_arena_init(&w->arena, PAL_WRITER_ARENA_MAX);
    pal_buf_init(&w->bytes, PAL_BUS_BATCH_MAX + PAL_FRAME_HEADER + PAL_FRAME_BODY_MAX);
    return w;
}

/* Lets a batch gather: see above. */
static void space(const struct writer *w)
{
    size_t ms = w->last < SPACING_MS ? w->last : SPACING_MS;
    int64_t wait = w->start_us + (int64_t)ms * 1000 - pal_mono_us();
    if (wait > 0)
        pal_queue_gather(w->lane->queue, GATHERED, wait);
}

void *pal_writer_thread(void *lane)
{
    struct writer *w = writer_new(lane);
    size_t n;
    if (!w)
        return NULL;
    do {
        space(w);
        n = pal_queue_pop_many(w->lane->queue, (void **)w->jobs, PAL_WRITER_BATCH_MAX, -1);
        if (n > 0)
            run_batch(w, n);
    } while (n > 0);
    pal_buf_fini(&w->bytes);
    pal_arena_fini(&w->arena);
    pal_db_free(w->db);
    free(w);
    return NULL;
}
