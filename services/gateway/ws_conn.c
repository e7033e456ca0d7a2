/* Socket side of a WebSocket: reading through the codec, gathered writing, closing. */
#include "ws_conn.h"

#include "base/limits.h"
#include "base/metrics.h"
#include "ws_codec.h"
#include "ws_frame.h"
#include "ws_io.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void mark(struct ws_conn *c)
{
    if (pal_list_empty(&c->in_dirty))
        pal_list_append(&c->io->dirty, &c->in_dirty);
}

static void time_from_now(struct ws_conn *c)
{
    c->since_ms = pal_loop_now(c->io->loop);
    if (pal_list_empty(&c->in_timed))
        pal_list_append(&c->io->timed, &c->in_timed);
}

void ws_conn_init(struct ws_io *io, struct ws_conn *c)
{
    *c = (struct ws_conn){.io = io, .watch.fd = -1};
    pal_list_init(&c->in_dirty);
    pal_list_init(&c->in_timed);
}

void ws_conn_abort(struct ws_conn *c)
{
    c->state = WS_DEAD;
    mark(c);
}

static uint32_t wanted(const struct ws_conn *c, bool blocked)
{
    bool read = !c->paused || c->state != WS_OPEN;
    return (read ? (uint32_t)EPOLLIN : 0) | (blocked ? (uint32_t)EPOLLOUT : 0);
}

static void rearm(struct ws_conn *c, bool blocked)
{
    uint32_t events = wanted(c, blocked);
    if (events == c->watch.events || c->watch.fd < 0 || c->state == WS_DEAD)
        return;
    if (pal_loop_rearm(c->io->loop, &c->watch, events) == PAL_OK)
        c->watch.events = events;
    else
        ws_conn_abort(c);
}

/* ---- reading ---- */

static ssize_t codec_read(void *owner, uint8_t *buf, size_t n)
{
    struct ws_conn *c = owner;
    struct pal_str *early = &c->io->early;
    if (early->n > 0) {
        n = n < early->n ? n : early->n;
        memcpy(buf, early->p, n);
        *early = (struct pal_str){early->p + n, early->n - n};
        return (ssize_t)n;
    }
    /* Less than asked for was all there is; should more have come, epoll tells. */
    if (c->paused || c->state != WS_OPEN || c->io->dry)
        return 0;
    ssize_t got;
    do
        got = recv(c->watch.fd, buf, n, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    c->io->dry = got > 0 && (size_t)got < n;
    if (got > 0)
        return got;
    return got < 0 && errno == EAGAIN ? 0 : -1;
}

static void codec_text(void *owner, struct pal_str message)
{
    struct ws_conn *c = owner;
    if (c->state == WS_OPEN)
        c->io->ops->text(c, message);
}

static void codec_write(void *owner, struct pal_str frames)
{
    struct ws_conn *c = owner;
    ws_conn_send_take(c, pal_blob_new(frames.p, frames.n));
}

static void codec_alive(void *owner)
{
    struct ws_conn *c = owner;
    c->heard_ms = pal_loop_now(c->io->loop);
}

static const struct ws_codec_ops codec_ops = {
    .read = codec_read, .text = codec_text, .write = codec_write, .alive = codec_alive};

static bool codec_take(struct ws_conn *c)
{
    if (!c->codec) {
        c->codec = c->io->spare ? c->io->spare : ws_codec_new(&codec_ops);
        c->io->spare = NULL;
    }
    if (c->codec)
        ws_codec_attach(c->codec, c);
    return c->codec != NULL;
}

/* Between messages a codec remembers nothing: the next connection can have it. */
static void codec_give_back(struct ws_conn *c)
{
    if (!ws_codec_idle(c->codec))
        return;
    if (c->io->spare)
        ws_codec_free(c->codec);
    else
        c->io->spare = c->codec;
    c->codec = NULL;
}

static void closing(struct ws_conn *c)
{
    if (c->state != WS_OPEN)
        return;
    c->state = WS_CLOSING;
    time_from_now(c);
    mark(c);
}

static void after_run(struct ws_conn *c, enum ws_codec_result result)
{
    if (result == WS_CODEC_MORE)
        codec_give_back(c);
    else if (result == WS_CODEC_CLOSE)
        closing(c);
    else
        ws_conn_abort(c);
    /* A codec that has ended is of no use to anybody. */
    if (result != WS_CODEC_MORE) {
        ws_codec_free(c->codec);
        c->codec = NULL;
    }
}

/* What comes after the close is read and thrown away: closing with unread bytes would send a reset.
 */
static void discard(struct ws_conn *c)
{
    char waste[4096];
    for (int i = 0; i < 16; i++) {
        ssize_t got = recv(c->watch.fd, waste, sizeof waste, MSG_DONTWAIT);
        if (got > 0)
            continue;
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            ws_conn_abort(c);
        return;
    }
}

static void readable(struct ws_conn *c)
{
    c->io->dry = false;
    if (c->state == WS_OPEN && codec_take(c))
        after_run(c, ws_codec_run(c->codec));
    else if (c->state == WS_OPEN)
        ws_conn_abort(c);
    else
        discard(c);
}

/* ---- writing ---- */

/* A single piece, which a turn's news of one channel are, goes the shorter way through the kernel.
 */
static ssize_t write_vectors(int fd, struct iovec *v, int n)
{
    ssize_t sent;
    do {
        struct msghdr message = {.msg_iov = v, .msg_iovlen = (size_t)n};
        sent = n == 1 ? send(fd, v->iov_base, v->iov_len, MSG_NOSIGNAL | MSG_DONTWAIT)
                      : sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

/* False: the socket takes no more for now. */
static bool write_some(struct ws_conn *c)
{
    struct ws_io *io = c->io;
    int n = outq_vectors(&c->out, io->vectors, WS_VECTORS);
    ssize_t sent = write_vectors(c->watch.fd, io->vectors, n);
    if (sent < 0) {
        if (errno != EAGAIN)
            ws_conn_abort(c);
        return false;
    }
    outq_consume(&c->out, (size_t)sent);
    io->n_bytes += (uint64_t)sent;
    io->n_queued -= sent;
    return true;
}

static void linger(struct ws_conn *c)
{
    c->state = WS_LINGER;
    if (shutdown(c->watch.fd, SHUT_WR) != 0)
        ws_conn_abort(c);
}

void ws_conn_flush(struct ws_conn *c)
{
    bool took = true;
    while (c->out.n > 0 && took)
        took = write_some(c);
    if (c->state == WS_DEAD)
        return;
    if (c->out.n == 0 && c->state == WS_CLOSING)
        linger(c);
    rearm(c, c->out.n > 0);
    if (c->crowded && c->out.bytes < WS_LOW && c->state == WS_OPEN) {
        c->crowded = false;
        pal_list_remove(&c->in_timed);
        c->io->ops->drained(c);
    }
}

static void on_ready(struct pal_watch *w, uint32_t ready)
{
    struct ws_conn *c = PAL_CONTAINER(w, struct ws_conn, watch);
    if ((ready & (EPOLLHUP | EPOLLERR)) && c->paused)
        ws_conn_abort(c); /* nobody would read what is left, and the loop would spin */
    else if (ready & (EPOLLIN | EPOLLHUP | EPOLLERR))
        readable(c);
    if ((ready & EPOLLOUT) && c->state != WS_DEAD)
        mark(c);
}

void ws_conn_start(struct ws_conn *c, int fd, struct pal_str early)
{
    c->watch = (struct pal_watch){.fd = fd, .events = EPOLLIN, .fn = on_ready};
    c->state = WS_OPEN;
    c->heard_ms = pal_loop_now(c->io->loop);
    mark(c);
    if (pal_loop_watch(c->io->loop, &c->watch) != PAL_OK) {
        c->watch.fn = NULL;
        ws_conn_abort(c);
        return;
    }
    if (early.n == 0)
        return;
    c->io->early = early;
    readable(c);
    c->io->early = (struct pal_str){0};
}

void ws_conn_send_many(struct ws_conn *c, struct pal_blob *frames, size_t n)
{
    if (!frames || c->state != WS_OPEN)
        return;
    if (!outq_push(&c->out, frames)) {
        ws_conn_abort(c);
        return;
    }
    c->io->n_frames += n;
    c->io->n_queued += (int64_t)frames->n;
    mark(c);
    if (c->out.bytes <= PAL_WS_OUT_SOFT || c->crowded)
        return;
    c->crowded = true;
    time_from_now(c);
    c->io->ops->crowded(c);
}

void ws_conn_send(struct ws_conn *c, struct pal_blob *frame)
{
    ws_conn_send_many(c, frame, 1);
}

void ws_conn_send_take(struct ws_conn *c, struct pal_blob *frame)
{
    ws_conn_send(c, frame);
    pal_blob_unref(frame);
}

void ws_conn_close(struct ws_conn *c, uint16_t code, const char *reason)
{
    if (c->state == WS_NEW)
        ws_conn_abort(c);
    if (c->state != WS_OPEN)
        return;
    ws_conn_send_take(c, ws_frame_close(code, reason));
    closing(c);
}

void ws_conn_overrun(struct ws_conn *c)
{
    if (c->state != WS_OPEN)
        return;
    pal_metric_add(c->io->slow, 1);
    c->io->n_queued -= (int64_t)outq_trim(&c->out);
    ws_conn_close(c, 1013, "too slow: reconnect and resume");
}

void ws_conn_pause(struct ws_conn *c, bool paused)
{
    if (c->paused == paused)
        return;
    c->paused = paused;
    rearm(c, c->watch.events & EPOLLOUT);
}
