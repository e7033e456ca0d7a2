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
    bool asked;                   /* on_empty has run for what is waited for */
    void (*on_empty)(void *data); /* NULL: nobody is asked */
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
        if (s->on_empty && !s->asked) {
            s->asked = true;
            s->on_empty(s->data);
        }
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

static struct pal_stream *begin(struct pal_http *r, unsigned status, uint64_t length,
                                const char *type, const struct pal_http_header_line *lines,
                                size_t n, const struct pal_stream *as)
{
    struct pal_stream *s = r->mhd && !r->answered ? calloc(1, sizeof *s) : NULL;
    struct MHD_Response *response =
        s ? MHD_create_response_from_callback(length, BLOCK, read_some, s, NULL) : NULL;
    if (!response) {
        free(s);
        pal_respond(r, 500, NULL);
        return NULL;
    }
    *s = *as;
    s->r = r;
    pal_buf_init(&s->out, PAL_STREAM_QUEUE_MAX);
    pal_reply_defaults(response, type, lines, n);
    r->stream = s;
    pal_metric_add(r->front->metrics.streams, 1);
    pal_respond(r, status, response);
    return s;
}

struct pal_stream *pal_http_stream(struct pal_http *r, const char *type,
                                   void (*on_close)(void *data), void *data)
{
    static const struct pal_http_header_line lines[] = {{"Cache-Control", "no-store, no-transform"},
                                                        {"X-Accel-Buffering", "no"}};
    const struct pal_stream as = {.on_close = on_close, .data = data};
    struct pal_stream *s =
        begin(r, 200, MHD_SIZE_UNKNOWN, type, lines, sizeof lines / sizeof lines[0], &as);
    if (!s)
        return NULL;
    /* A client that closes its sending side is gone: nobody listens to events half-closed. */
    pal_request_watch_client(r, EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    return s;
}

struct pal_stream *pal_http_flow(struct pal_http *r, unsigned status, const char *type,
                                 const struct pal_http_header_line *headers, size_t n_headers,
                                 uint64_t length, const struct pal_flow_hooks *hooks, void *data)
{
    const struct pal_stream as = {
        .on_empty = hooks->on_empty, .on_close = hooks->on_close, .data = data};
    struct pal_stream *s = begin(r, status, length, type, headers, n_headers, &as);
    /* What a client closes before it has read all may be its sending side alone. */
    if (s)
        pal_request_watch_client(r, EPOLLHUP | EPOLLERR);
    return s;
}

void pal_stream_abort(struct pal_stream *s)
{
    s->r->aborted = true;
    pal_stream_close(s);
}

bool pal_stream_write(struct pal_stream *s, struct pal_str bytes)
{
    if (s->closing || s->out.n - s->taken + bytes.n > PAL_STREAM_QUEUE_MAX)
        return false;
    pal_buf_consume(&s->out, s->taken);
    s->taken = 0;
    s->asked = false;
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
