/* Jobs: from the bus or a front into a lane, and their answers. Runs on the bus's reader threads,
 * on fronts' loops and on workers. */
#include "service/call.h"

#include "base/clock.h"
#include "base/limits.h"
#include "loop/loop.h"

#include <stdlib.h>
#include <string.h>

enum { RETRY_AFTER_MS = 1000 };

void pal_job_free(struct pal_job *job)
{
    if (!job)
        return;
    if (job->busy)
        atomic_store(job->busy, false);
    pal_blob_unref(job->blob);
    if (job->peer)
        pal_bus_peer_unref(job->peer);
    free(job);
}

/* ---- answers ---- */

/* A reply on its way to a loop of this process. */
struct local_reply {
    struct pal_frame frame;
    pal_local_fn *done;
    void *arg;
    char body[];
};

static void deliver_local(void *arg)
{
    struct local_reply *r = arg;
    r->done(r->arg, &r->frame);
    free(r);
}

static void reply_local(const struct pal_job *job, const struct pal_frame *frame)
{
    struct local_reply *r = malloc(sizeof *r + frame->body.n + 1);
    if (!r)
        return; /* the front's own deadline answers */
    r->frame = *frame;
    r->done = job->done;
    r->arg = job->arg;
    if (frame->body.n > 0)
        memcpy(r->body, frame->body.p, frame->body.n);
    r->body[frame->body.n] = '\0';
    r->frame.body.p = r->body;
    if (!pal_loop_post(job->loop, deliver_local, r))
        free(r);
}

struct pal_frame pal_job_reply_frame(const struct pal_job *job, uint16_t status,
                                     struct pal_str body)
{
    struct pal_frame f = {.kind = PAL_KIND_REPLY,
                          .id = job->frame.id,
                          .status = status,
                          .request_id = job->frame.request_id,
                          .body = body};
    memcpy(f.trace, job->frame.trace, sizeof f.trace);
    memcpy(f.span, job->frame.span, sizeof f.span);
    return f;
}

void pal_job_reply(struct pal_job *job, uint16_t status, struct pal_str body)
{
    struct pal_frame frame = pal_job_reply_frame(job, status, body);
    if (job->loop)
        reply_local(job, &frame);
    if (!job->peer)
        return;
    struct pal_buf bytes;
    pal_buf_init(&bytes, PAL_FRAME_HEADER + PAL_FRAME_BODY_MAX);
    pal_frame_encode(&frame, &bytes);
    struct pal_blob *blob = bytes.failed ? NULL : pal_blob_new(bytes.p, bytes.n);
    if (blob)
        pal_bus_peer_send(job->peer, blob);
    pal_blob_unref(blob);
    pal_buf_fini(&bytes);
}

/* ---- into the lane ---- */

static void refuse(struct pal_service *s, struct pal_job *job)
{
    struct pal_error err = {0};

    if (job->route) {
        pal_error_set(&err, &pal_err_service_unavailable, "%s",
                      atomic_load(&s->stopping) ? "the service is shutting down"
                                                : "the service is busy");
        err.retry_after_ms = RETRY_AFTER_MS;
    } else {
        pal_error_set(&err, &pal_err_request_not_found, "%s has no command %u", s->spec->name,
                      job->frame.id);
    }
    pal_job_fail(job, &err);
}

void pal_job_submit(struct pal_service *s, struct pal_job *job)
{
    job->queued_us = pal_mono_us();
    if (job->route) {
        struct pal_lane_state *lane = &s->lanes[job->route->route->cmd->lane];
        pal_metric_add(lane->depth, 1);
        if (pal_queue_push(lane->queue, job))
            return;
        pal_metric_add(lane->depth, -1);
    }
    refuse(s, job);
    pal_job_free(job);
}

static struct pal_job *job_new(const struct pal_service *s, const struct pal_frame *f)
{
    struct pal_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->frame = *f;
    job->route = pal_map_get(&s->routes, f->id);
    return job;
}

void pal_service_on_request(void *ctx, struct pal_bus_peer *peer, const struct pal_frame *f,
                            struct pal_blob *blob)
{
    struct pal_service *s = ctx;
    struct pal_job *job = job_new(s, f);
    if (!job)
        return; /* the caller's deadline answers */
    job->blob = pal_blob_ref(blob);
    job->peer = pal_bus_peer_ref(peer);
    pal_job_submit(s, job);
}

void pal_service_submit(struct pal_service *s, const struct pal_frame *request,
                        struct pal_loop *loop, pal_local_fn *done, void *arg)
{
    struct pal_job *job = job_new(s, request);
    if (!job)
        return;
    job->loop = loop;
    job->done = done;
    job->arg = arg;
    job->blob = pal_blob_new(request->body.p, request->body.n);
    job->frame.body.p = job->blob ? job->blob->data : NULL;
    job->frame.body.n = job->blob ? request->body.n : 0;
    pal_job_submit(s, job);
}
