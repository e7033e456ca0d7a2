/* What all WebSockets share: the end of a turn, the clock of those that are slow or closing. */
#include "ws_io.h"

#include "base/limits.h"
#include "base/metrics.h"
#include "ws_codec.h"

#include <unistd.h>

void ws_io_init(struct ws_io *io, struct pal_loop *loop, const struct ws_conn_ops *ops)
{
    *io = (struct ws_io){.loop = loop, .ops = ops};
    pal_list_init(&io->dirty);
    pal_list_init(&io->timed);
    io->frames_out = pal_counter("palique_gateway_frames_out_total", NULL,
                                 "WebSocket frames queued for writing.");
    io->bytes_out =
        pal_counter("palique_gateway_bytes_out_total", NULL, "WebSocket bytes written.");
    io->queued = pal_gauge("palique_gateway_queued_bytes", NULL, "Bytes waiting for WebSockets.");
    io->slow =
        pal_counter("palique_gateway_slow_closed_total", NULL, "WebSockets closed as too slow.");
}

void ws_io_fini(struct ws_io *io)
{
    ws_codec_free(io->spare);
}

static void bury(struct ws_conn *c)
{
    struct ws_io *io = c->io;
    if (c->watch.fd >= 0) {
        if (c->watch.fn)
            pal_loop_unwatch(io->loop, &c->watch);
        (void)close(c->watch.fd);
        c->watch.fd = -1;
    }
    io->n_queued -= (int64_t)c->out.bytes;
    outq_fini(&c->out);
    ws_codec_free(c->codec);
    c->codec = NULL;
    pal_list_remove(&c->in_timed);
    io->ops->closed(c);
}

/* Once a turn instead of once a frame: an atomic for each delivery is a good part of its cost. */
static void count(struct ws_io *io)
{
    pal_metric_add(io->frames_out, (int64_t)io->n_frames);
    pal_metric_add(io->bytes_out, (int64_t)io->n_bytes);
    pal_metric_add(io->queued, io->n_queued);
    io->n_frames = io->n_bytes = 0;
    io->n_queued = 0;
}

void ws_io_turn(struct ws_io *io)
{
    struct pal_list *e;
    while ((e = pal_list_pop(&io->dirty))) {
        struct ws_conn *c = PAL_CONTAINER(e, struct ws_conn, in_dirty);
        if (c->state == WS_DEAD) {
            bury(c);
            continue;
        }
        ws_conn_flush(c);
        if (c->out.bytes > PAL_WS_OUT_HARD)
            ws_conn_overrun(c);
    }
    count(io);
}

static void timed_out(struct ws_conn *c)
{
    if (c->state != WS_OPEN) {
        ws_conn_abort(c);
        return;
    }
    ws_conn_overrun(c);
}

void ws_io_tick(struct ws_io *io, int64_t now_ms)
{
    PAL_LIST_EACH(it, &io->timed) {
        struct ws_conn *c = PAL_CONTAINER(it, struct ws_conn, in_timed);
        if (now_ms - c->since_ms >= (c->state == WS_OPEN ? WS_SLOW_MS : WS_LINGER_MS))
            timed_out(c);
    }
}
