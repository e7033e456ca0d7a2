/* The front's life, and the few callbacks of libmicrohttpd through which a request moves from one
 * stage to the next (request.h). Its turns on the loop are in turns.c. */
#include "http/steps.h"

#include "base/clock.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    IDLE_TIMEOUT_S = 60, /* nothing read or written */
    CONNECTIONS_DEFAULT = 10000,
    OVERREAD = 4 /* times the limit of a body, before a sender that goes on is cut off */
};

/* ---- a connection ---- */

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct pal_front *f = cls;
    struct pal_http_conn *c = *context;
    f->progress = true;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        c = calloc(1, sizeof *c);
        if (!c)
            return; /* its requests are refused */
        c->mhd = mhd;
        c->since_ms = pal_mono_ms();
        pal_list_append(&f->conns, &c->link);
        *context = c;
        pal_metric_add(f->metrics.open, 1);
    } else if (c) {
        pal_list_remove(&c->link);
        free(c);
        *context = NULL;
        pal_metric_add(f->metrics.open, -1);
    }
}

/* ---- a request ---- */

/* The first that is heard of a request. What is returned becomes *con_cls. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
    return pal_request_new(cls, target, mhd);
}

/* Decoding is done in query.c: libmicrohttpd would cut at %00. */
static size_t leave_escapes(void *cls, struct MHD_Connection *mhd, char *text)
{
    (void)cls, (void)mhd;
    return strlen(text);
}

static enum MHD_Result queue(struct pal_http *r)
{
    struct MHD_Response *response = r->response;
    if (r->aborted || !response)
        return MHD_NO;
    if (pal_pieces_unread(r)) {
        pal_linger_respond(r);
        return MHD_NO;
    }
    if (r->stage == PAL_HTTP_BODY && r->has_body)
        r->linger_fd = pal_linger_hold(r);
    r->response = NULL;
    r->stage = PAL_HTTP_SENT;
    enum MHD_Result result = MHD_queue_response(r->mhd, r->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result dispatch(struct pal_http *r)
{
    struct pal_front *f = r->front;
    r->stage = PAL_HTTP_RUN;
    r->conn->running = true;
    r->counted = true;
    f->running++;
    if (r->too_large) {
        r->close = true;
        pal_reply_refuse(r, &pal_err_request_too_large, "the body is too large");
    } else if (r->special) {
        r->special->fn(f->config.ctx, r);
    } else {
        pal_call_start(r);
    }
    if (r->response || r->aborted)
        return queue(r);
    MHD_suspend_connection(r->mhd);
    r->suspended = true;
    return MHD_YES;
}

static enum MHD_Result take_body(struct pal_http *r, const char *data, size_t *n)
{
    size_t seen = r->body.n + *n;
    r->too_large = r->too_large || seen > r->body_max;
    if (!r->too_large)
        pal_buf_add(&r->body, data, *n);
    else
        r->overread += *n;
    *n = 0;
    if (!r->body.failed && r->overread <= OVERREAD * r->body_max)
        return MHD_YES;
    pal_linger_refuse(r, &pal_err_request_too_large, "the body is too large");
    return MHD_NO;
}

static enum MHD_Result pieces(struct pal_http *r, const char *data, size_t *n)
{
    bool more = !r->response && !r->aborted && pal_pieces_on(r, data, n);
    if (r->response || r->aborted)
        return queue(r);
    if (more)
        return MHD_YES;
    r->conn->running = true;
    MHD_suspend_connection(r->mhd);
    r->suspended = true;
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_n, void **con_cls)
{
    struct pal_http *r = *con_cls;
    enum MHD_Result result = MHD_NO;
    (void)mhd, (void)url;
    ((struct pal_front *)cls)->progress = true;
    if (!r)
        return MHD_NO;
    switch (r->stage) {
    case PAL_HTTP_HEAD:
        r->stage = PAL_HTTP_BODY;
        pal_request_begin(r, method, version);
        /* An answer before the end of the request closes the connection: wait where the end is
         * near. */
        result = r->aborted || (r->response && (r->close || r->has_body)) ? queue(r) : MHD_YES;
        break;
    case PAL_HTTP_BODY:
        if (r->special && r->special->pieces && !r->response)
            result = pieces(r, data, data_n);
        else
            result = *data_n > 0   ? take_body(r, data, data_n)
                     : r->response ? queue(r)
                                   : dispatch(r);
        break;
    case PAL_HTTP_PIECES:
        result = pieces(r, data, data_n);
        break;
    case PAL_HTTP_RUN:
    case PAL_HTTP_SENT:
        result = queue(r);
        break;
    }
    return result;
}

/* The client is gone, or everything was sent. */
static void on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    struct pal_front *f = cls;
    struct pal_http *r = *con_cls;
    (void)mhd, (void)why;
    *con_cls = NULL;
    if (!r)
        return;
    bool pending = (r->stage == PAL_HTTP_RUN || r->stage == PAL_HTTP_PIECES) && !r->answered;
    r->conn->running = false;
    r->conn->since_ms = pal_mono_ms();
    if (r->counted)
        f->running--;
    r->counted = false;
    pal_request_unwatch_client(r);
    if (r->linger_fd >= 0)
        pal_linger_begin(f, r->linger_fd);
    r->mhd = NULL;
    r->conn = NULL;
    r->suspended = false;
    if (r->upgraded)
        r->upgraded(r->upgraded_arg, -1, PAL_STR(""));
    if (r->stream)
        pal_stream_gone(r->stream);
    if (pending && !r->on_gone)
        return; /* its owner will answer, to nobody, and that frees it */
    if (pending)
        r->on_gone(r->data);
    pal_request_free(r);
}

/* ---- life ---- */

static void register_metrics(struct pal_http_metrics *m)
{
    static const char *const classes[6] = {"class=\"none\"", "class=\"1xx\"", "class=\"2xx\"",
                                           "class=\"3xx\"",  "class=\"4xx\"", "class=\"5xx\""};
    for (size_t i = 0; i < 6; i++)
        m->requests[i] = pal_counter("palique_http_requests_total", classes[i],
                                     "Requests answered, by class of status");
    m->open = pal_gauge("palique_http_connections", NULL, "Open HTTP connections");
    m->streams = pal_gauge("palique_http_streams", NULL, "Open event streams");
    m->seconds = pal_histogram("palique_http_request_seconds", NULL,
                               "Time from a request's first line to its answer");
}

static struct pal_front *new_front(const struct pal_front_config *config)
{
    struct pal_front *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->config = *config;
    f->listen_fd = -1;
    f->watch.fd = -1;
    f->config.listen = NULL;
    f->config.trusted_proxies = strdup(config->trusted_proxies ? config->trusted_proxies : "");
    f->config.allowed_origins = strdup(config->allowed_origins ? config->allowed_origins : "");
    pal_turns_init(f);
    pal_list_init(&f->requests);
    pal_list_init(&f->conns);
    pal_list_init(&f->lingering);
    register_metrics(&f->metrics);
    return f;
}

static struct MHD_Daemon *start_daemon(struct pal_front *f)
{
    unsigned most = f->config.max_connections ? f->config.max_connections : CONNECTIONS_DEFAULT;
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_UPGRADE | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
                            NULL, on_request, f, MHD_OPTION_LISTEN_SOCKET, f->listen_fd,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)PAL_HTTP_HEAD_MAX,
                            MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)IDLE_TIMEOUT_S, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
                            f, MHD_OPTION_NOTIFY_COMPLETED, on_completed, f,
                            MHD_OPTION_URI_LOG_CALLBACK, on_target, f, MHD_OPTION_UNESCAPE_CALLBACK,
                            leave_escapes, f, MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_END);
}

static enum pal_code start(struct pal_front *f, const struct pal_front_config *config,
                           struct pal_error *err)
{
    enum pal_code code = pal_listen(f, config->listen, config->reuse_port, err);
    if (code != PAL_OK)
        return code;
    f->daemon = start_daemon(f);
    if (!f->daemon)
        return pal_error_set(err, &pal_err_service_internal, "libmicrohttpd did not start");
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(f->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    f->watch = (struct pal_watch){info ? info->epoll_fd : -1, EPOLLIN, pal_turns_ready};
    code = pal_loop_watch(f->config.loop, &f->watch);
    if (code != PAL_OK) {
        f->watch.fd = -1;
        return pal_error_set(err, &pal_err_service_internal, "libmicrohttpd is not on the loop");
    }
    pal_timer_arm(f->config.loop, &f->sweep, PAL_SWEEP_MS);
    return PAL_OK;
}

enum pal_code pal_front_start(const struct pal_front_config *config, struct pal_front **out,
                              struct pal_error *err)
{
    struct pal_front *f = new_front(config);
    if (!f || !f->config.trusted_proxies || !f->config.allowed_origins) {
        pal_front_free(f);
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    }
    enum pal_code code = start(f, config, err);
    if (code != PAL_OK) {
        pal_front_free(f);
        return code;
    }
    *out = f;
    return PAL_OK;
}

void pal_front_stop_accepting(struct pal_front *f)
{
    if (f->stopping)
        return;
    f->stopping = true;
    MHD_socket fd = MHD_quiesce_daemon(f->daemon);
    if (fd != MHD_INVALID_SOCKET)
        (void)close(fd);
    f->listen_fd = -1;
    if (f->unix_path[0])
        (void)unlink(f->unix_path);
}

size_t pal_front_open(const struct pal_front *f)
{
    return f->running;
}

const char *pal_front_address(const struct pal_front *f)
{
    return f->address;
}

/* libmicrohttpd may not be stopped with suspended connections; each gets its end through
 * "completed". */
static void end_requests(struct pal_front *f)
{
    PAL_LIST_EACH(it, &f->requests) {
        struct pal_http *r = PAL_CONTAINER(it, struct pal_http, link);
        r->aborted = true;
        pal_request_resume(r);
    }
}

void pal_front_free(struct pal_front *f)
{
    if (!f)
        return;
    if (f->watch.fd >= 0)
        pal_loop_unwatch(f->config.loop, &f->watch);
    if (f->daemon) {
        pal_front_stop_accepting(f);
        end_requests(f);
        MHD_stop_daemon(f->daemon);
    } else if (f->listen_fd >= 0) {
        (void)close(f->listen_fd);
    }
    pal_timer_stop(f->config.loop, &f->timer);
    pal_timer_stop(f->config.loop, &f->sweep);
    pal_linger_end_all(f);
    /* Those whose client had left before and whose owner will not answer any more. */
    PAL_LIST_EACH(it, &f->requests) {
        pal_request_free(PAL_CONTAINER(it, struct pal_http, link));
    }
    free((void *)(uintptr_t)f->config.trusted_proxies);
    free((void *)(uintptr_t)f->config.allowed_origins);
    free(f);
}
