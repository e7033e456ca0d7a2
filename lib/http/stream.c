/* Streams (SSE): a bounded queue in front of a response of unknown length. While the queue is empty
 * the connection is suspended and costs nothing; the socket is watched here then, because
 * libmicrohttpd does not. */
#include "http/steps.h"

#include <stdlib.h>
#include <sys/epoll.h>

enum { BLOCK = 8 << 10 };

struct pal_stream {
    struct pal_http *r;
    struct pal_buf out;
    size_t taken; /* bytes at the start of out that have gone already */
    bool closing;
    void (*on_close)(void *data);
    void *data;
};

static ssize_t read_some(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct pal_stream *s = cls;
    size_t n = s->out.n - s->taken;
    (void)pos;
    s->r->front->progress = true;
    if (s->r->aborted)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n == 0 && s->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n == 0) {
        MHD_suspend_connection(s->r->mhd);
        s->r->suspended = true;
        return 0;
    }
    n = n < max ? n : max;
    memcpy(buf, s->out.p + s->taken, n);
    s->taken += n;
    if (s->taken == s->out.n) {
        pal_buf_clear(&s->out);
        s->taken = 0;
    }
    return (ssize_t)n;
}

struct pal_stream *pal_http_stream(struct pal_http *r, const char *type,
                                   void (*on_close)(void *data), void *data)
{
    static const struct pal_http_header_line lines[] = {{"Cache-Control", "no-store, no-transform"},
                                                        {"X-Accel-Buffering", "no"}};
    struct pal_stream *s = r->mhd && !r->answered ? calloc(1, sizeof *s) : NULL;
    struct MHD_Response *response =
        s ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_some, s, NULL) : NULL;
    if (!response) {
        free(s);
        pal_respond(r, 500, NULL);
        return NULL;
    }
    *s = (struct pal_stream){.r = r, .on_close = on_close, .data = data};
    pal_buf_init(&s->out, PAL_STREAM_QUEUE_MAX);
    pal_reply_defaults(response, type, lines, sizeof lines / sizeof lines[0]);
    r->stream = s;
    pal_metric_add(r->front->metrics.streams, 1);
    pal_respond(r, 200, response);
    /* A client that closes its sending side is gone: nobody listens to events half-closed. */
    pal_request_watch_client(r, EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    return s;
}

bool pal_stream_write(struct pal_stream *s, struct pal_str bytes)
{
    if (s->closing || s->out.n - s->taken + bytes.n > PAL_STREAM_QUEUE_MAX)
        return false;
    pal_buf_consume(&s->out, s->taken);
    s->taken = 0;
    pal_buf_str(&s->out, bytes);
    /* Before the headers are out the connection is suspended for the answer, which is on its way.
     */
    if (s->r->stage == PAL_HTTP_SENT)
        pal_request_resume(s->r);
    return !s->out.failed;
}

void pal_stream_close(struct pal_stream *s)
{
    s->closing = true;
    s->on_close = NULL;
    if (s->r->stage == PAL_HTTP_SENT)
        pal_request_resume(s->r);
}

void pal_stream_gone(struct pal_stream *s)
{
    pal_metric_add(s->r->front->metrics.streams, -1);
    s->closing = true;
    if (s->on_close)
        s->on_close(s->data);
    pal_buf_fini(&s->out);
    free(s);
}
