/* Every answer leaves through pal_respond: common headers, the log line, the counts, and the
 * connection that goes on. Nothing here knows why it is sent. */
#include "http/steps.h"

#include "base/clock.h"
#include "base/log.h"
#include "proto/validate.h"

#include <stdio.h>
#include <unistd.h>

enum { PROBLEM_MAX = 16 << 10 };

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    /* Fails for a value with a line break in it, and then the header stays away: right so. */
    (void)MHD_add_response_header(response, name, value);
}

static void add_number(struct MHD_Response *response, const char *name, uint32_t value)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", (unsigned)value);
    add(response, name, text);
}

/* ---- the log and the counts ---- */

static void note(struct pal_http *r, unsigned status)
{
    int64_t took_us = pal_mono_us() - r->started_us;
    struct pal_str path = r->path.p ? r->path : PAL_STR("(malformed)");
    enum pal_level level = status >= 500 ? PAL_ERROR : status >= 400 ? PAL_INFO : PAL_DEBUG;
    const struct pal_log_field fields[] = {{"method", PAL_LOG_STR, r->method, 0},
                                           {"path", PAL_LOG_STR, path, 0}};
    pal_log(level, status >= 400 ? "request failed" : "request", PAL_LS("trace", r->request_id),
            fields[0], fields[1], PAL_LI("status", status), PAL_LI("us", took_us));
    pal_metric_add(r->front->metrics.requests[status / 100 % 6], 1);
    if (status != 101 && !r->stream)
        pal_metric_observe_us(r->front->metrics.seconds, took_us);
}

/* ---- common headers ---- */

static void add_cors(struct pal_http *r, struct MHD_Response *response)
{
    struct pal_str origin = pal_http_header(r, "Origin");
    char line[256];
    if (!origin.p || r->front->config.allowed_origins[0] == '\0')
        return;
    add(response, "Vary", "Origin");
    if (origin.n >= sizeof line || !pal_http_origin_ok(r))
        return;
    (void)snprintf(line, sizeof line, "%.*s", (int)origin.n, origin.p);
    add(response, "Access-Control-Allow-Origin", line);
    add(response, "Access-Control-Expose-Headers",
        "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, "
        "Location, Content-Range, ETag, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, "
        "Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires");
}

static void add_limit(const struct pal_limit_state *limit, struct MHD_Response *response)
{
    if (limit->limit == 0)
        return;
    add_number(response, "X-RateLimit-Limit", limit->limit);
    add_number(response, "X-RateLimit-Remaining", limit->remaining);
    add_number(response, "X-RateLimit-Reset", limit->reset_s);
}

static void hand_over(struct pal_http *r, unsigned status, struct MHD_Response *response)
{
    if (response) {
        add(response, "X-Request-Id", r->request_id);
        add_limit(&r->limit, response);
        add_cors(r, response);
        if ((r->close || r->front->stopping) && status != 101)
            add(response, "Connection", "close");
    } else {
        r->aborted = true; /* out of memory: no answer is better than half of one */
    }
    r->answered = true;
    r->response = response;
    r->status = status;
    pal_request_unwatch_client(r);
    r->data = NULL;
    r->on_gone = NULL;
    pal_request_resume(r);
}

void pal_respond(struct pal_http *r, unsigned status, struct MHD_Response *response)
{
    if (r->mhd && !r->answered) {
        note(r, status);
        hand_over(r, status, response);
        return;
    }
    if (response)
        MHD_destroy_response(response);
    if (!r->mhd)
        pal_request_free(r);
}

/* ---- the kinds of answers ---- */

static bool given(const struct pal_http_header_line *headers, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (pal_str_caseeq(pal_str_of(headers[i].name), pal_str_of(name)))
            return true;
    }
    return false;
}

void pal_reply_defaults(struct MHD_Response *response, const char *type,
                        const struct pal_http_header_line *headers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(response, headers[i].name, headers[i].value);
    if (type)
        add(response, "Content-Type", type);
    if (!given(headers, n, "Cache-Control"))
        add(response, "Cache-Control", "no-store");
    if (!given(headers, n, "Content-Security-Policy"))
        add(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Referrer-Policy", "no-referrer");
}

static struct MHD_Response *response_of(struct pal_str body)
{
    /* With MUST_COPY libmicrohttpd does not write to it; its parameter is not const for older uses.
     */
    return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
                                           MHD_RESPMEM_MUST_COPY);
}

void pal_http_send(struct pal_http *r, unsigned status, const char *type, struct pal_str body,
                   const struct pal_http_header_line *headers, size_t n_headers)
{
    struct MHD_Response *response = response_of(body);
    if (response)
        pal_reply_defaults(response, type, headers, n_headers);
    if (response && pal_pieces_unread(r)) {
        pal_buf_clear(&r->frame_body);
        pal_buf_str(&r->frame_body, body);
    }
    pal_respond(r, status, response);
}

void pal_http_send_kept(struct pal_http *r, unsigned status, const char *type, struct pal_str body,
                        const struct pal_http_header_line *headers, size_t n_headers)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT);
    if (response)
        pal_reply_defaults(response, type, headers, n_headers);
    pal_respond(r, status, response);
}

void pal_http_send_fd(struct pal_http *r, unsigned status, const char *type,
                      const struct pal_http_header_line *headers, size_t n_headers, int fd,
                      uint64_t offset, uint64_t length)
{
    struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(length, fd, offset);
    if (response)
        pal_reply_defaults(response, type, headers, n_headers);
    else
        (void)close(fd);
    pal_respond(r, status, response);
}

static size_t failure_headers(const struct pal_error *err, unsigned status, char seconds[16],
                              struct pal_http_header_line lines[2])
{
    size_t n = 0;
    uint32_t wait_ms = err->retry_after_ms;
    if (wait_ms == 0 && (status == 429 || status == 503))
        wait_ms = 1000;
    if (wait_ms) {
        (void)snprintf(seconds, 16, "%u", (unsigned)((wait_ms - 1) / 1000 + 1));
        lines[n++] = (struct pal_http_header_line){"Retry-After", seconds};
    }
    if (status == 401)
        lines[n++] = (struct pal_http_header_line){"WWW-Authenticate", "Bearer realm=\"palique\""};
    return n;
}

void pal_http_fail(struct pal_http *r, const struct pal_error *err)
{
    struct pal_http_header_line lines[2];
    char seconds[16];
    struct pal_buf body;
    unsigned status = err->def ? err->def->status : pal_err_service_internal.status;
    size_t n = failure_headers(err, status, seconds, lines);
    pal_buf_init(&body, PROBLEM_MAX);
    pal_problem_write(err, pal_str_of(r->request_id), &body);
    pal_http_send(r, status, "application/problem+json", pal_buf_view(&body), lines, n);
    pal_buf_fini(&body);
}

void pal_reply_refuse(struct pal_http *r, const struct pal_err_def *def, const char *why)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, def, "%s", why);
    pal_http_fail(r, &err);
}

/* ---- a reply of the bus ---- */

/* "retry_after" of the problem document, in seconds. */
static uint32_t retry_of(const struct pal_frame *reply)
{
    char why[80];
    json_t *o = pal_json_parse(reply->body, why);
    int64_t seconds = pal_json_int(o, "retry_after", 0);
    json_decref(o);
    return seconds > 0 && seconds < 1000000 ? (uint32_t)seconds * 1000 : 0;
}

static void send_problem(struct pal_http *r, const struct pal_frame *reply)
{
    struct pal_http_header_line lines[2];
    char seconds[16];
    struct pal_error err = {0};
    if (reply->status == 429 || reply->status >= 500)
        err.retry_after_ms = retry_of(reply);
    size_t n = failure_headers(&err, reply->status, seconds, lines);
    pal_http_send(r, reply->status, "application/problem+json", reply->body, lines, n);
}

static void send_success(struct pal_http *r, const struct pal_frame *reply)
{
    struct pal_str body = reply->status == 204 ? (struct pal_str){NULL, 0} : reply->body;
    struct MHD_Response *response = response_of(body);
    if (response) {
        pal_reply_defaults(response, body.n ? "application/json" : NULL, NULL, 0);
        if (r->face && r->face->command->sets_refresh_cookie)
            pal_cookie_from(r, reply, response);
    }
    pal_respond(r, reply->status, response);
}

void pal_http_reply(struct pal_http *r, const struct pal_frame *reply)
{
    if (reply->status < 200 || reply->status > 599)
        pal_reply_refuse(r, &pal_err_service_internal, "the service gave no status");
    else if (reply->status >= 400)
        send_problem(r, reply);
    else if (r->face && r->face->command->raw_reply && reply->status == 200)
        pal_reply_raw(r, reply);
    else
        send_success(r, reply);
}
