/* The operations port: three paths, one request per connection, a thread and a loop of its own, so
 * that it answers when everything else is busy. Requests are bounded in size, time and number. */
#include "service/ops.h"

#include "base/buf.h"
#include "base/metrics.h"
#include "gen/catalogue.h"
#include "loop/loop.h"
#include "service/listen.h"
#include "service/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 2048, ANSWER_MAX = 1 << 20, CONNECTIONS_MAX = 32, LIFETIME_MS = 5000 };

struct pal_ops {
    struct pal_loop *loop;
    struct pal_watch listener;
    pal_ready_fn *ready;
    void *ctx;
    pthread_t thread;
    struct pal_list open; /* struct ops_conn */
    size_t n_open;
    char *path; /* of the unix socket, removed at the end; NULL: TCP */
};

struct ops_conn {
    struct pal_ops *ops;
    struct pal_list link;
    struct pal_watch watch;
    struct pal_timer limit;
    char in[REQUEST_MAX];
    size_t n_in;
    struct pal_buf out;
};

static void conn_close(struct ops_conn *c)
{
    pal_loop_unwatch(c->ops->loop, &c->watch);
    pal_timer_stop(c->ops->loop, &c->limit);
    pal_list_remove(&c->link);
    c->ops->n_open--;
    close(c->watch.fd);
    pal_buf_fini(&c->out);
    free(c);
}

static void on_limit(struct pal_timer *t)
{
    conn_close(PAL_CONTAINER(t, struct ops_conn, limit));
}

static void answer(struct ops_conn *c, const char *status, const char *type, struct pal_str body)
{
    pal_buf_printf(&c->out, "HTTP/1.0 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n", status,
                   type, body.n);
    pal_buf_z(&c->out, "Cache-Control: no-store\r\nConnection: close\r\n\r\n");
    pal_buf_str(&c->out, body);
}

static void answer_metrics(struct ops_conn *c)
{
    struct pal_buf text;
    pal_buf_init(&text, ANSWER_MAX);
    pal_metrics_render(&text);
    answer(c, "200 OK", "text/plain; version=0.0.4", pal_buf_view(&text));
    pal_buf_fini(&text);
}

static void answer_ready(struct ops_conn *c)
{
    char why[120] = "";
    if (c->ops->ready(c->ops->ctx, why))
        answer(c, "200 OK", "text/plain", PAL_STR("ready\n"));
    else
        answer(c, "503 Service Unavailable", "text/plain", pal_str_of(why));
}

static void route(struct ops_conn *c, struct pal_str line)
{
    struct pal_str method, path;
    line = pal_str_cut(line, ' ', &method);
    pal_str_cut(line, ' ', &path);
    pal_str_cut(path, '?', &path);
    if (!pal_str_eq(method, PAL_STR("GET")))
        answer(c, "405 Method Not Allowed", "text/plain", PAL_STR("GET only\n"));
    else if (pal_str_eq(path, PAL_STR("/livez")))
        answer(c, "200 OK", "text/plain", PAL_STR("alive\n"));
    else if (pal_str_eq(path, PAL_STR("/readyz")))
        answer_ready(c);
    else if (pal_str_eq(path, PAL_STR("/metrics")))
        answer_metrics(c);
    else
        answer(c, "404 Not Found", "text/plain", PAL_STR("/livez, /readyz or /metrics\n"));
}

static void conn_write(struct ops_conn *c)
{
    while (c->out.n > 0) {
        ssize_t n = send(c->watch.fd, c->out.p, c->out.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN && pal_loop_rearm(c->ops->loop, &c->watch, EPOLLOUT) == PAL_OK)
            return;
        if (n <= 0)
            break;
        pal_buf_consume(&c->out, (size_t)n);
    }
    shutdown(c->watch.fd, SHUT_WR);
    conn_close(c);
}

/* The whole head is read before the answer, so that closing does not reset the connection under it.
 */
static void conn_read(struct ops_conn *c)
{
    ssize_t n = recv(c->watch.fd, c->in + c->n_in, sizeof c->in - c->n_in, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        conn_close(c);
        return;
    }
    c->n_in += (size_t)n;
    struct pal_str line;
    bool whole = memmem(c->in, c->n_in, "\r\n\r\n", 4) || memmem(c->in, c->n_in, "\n\n", 2);
    if (!whole && c->n_in < sizeof c->in)
        return;
    pal_str_cut((struct pal_str){c->in, c->n_in}, '\r', &line);
    pal_str_cut(line, '\n', &line);
    if (whole)
        route(c, line);
    else
        answer(c, "431 Request Header Fields Too Large", "text/plain", PAL_STR("too large\n"));
    conn_write(c);
}

static void on_conn(struct pal_watch *w, uint32_t ready)
{
    struct ops_conn *c = PAL_CONTAINER(w, struct ops_conn, watch);
    if (ready & EPOLLOUT)
        conn_write(c);
    else
        conn_read(c);
}

static void conn_open(struct pal_ops *o, int fd)
{
    struct ops_conn *c = o->n_open < CONNECTIONS_MAX ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        close(fd);
        return;
    }
    c->ops = o;
    c->watch = (struct pal_watch){.fd = fd, .events = EPOLLIN, .fn = on_conn};
    c->limit.fn = on_limit;
    pal_buf_init(&c->out, ANSWER_MAX + REQUEST_MAX);
    if (pal_loop_watch(o->loop, &c->watch) != PAL_OK) {
        close(fd);
        free(c);
        return;
    }
    pal_list_append(&o->open, &c->link);
    o->n_open++;
    pal_timer_arm(o->loop, &c->limit, LIFETIME_MS);
}

static void on_listener(struct pal_watch *w, uint32_t ready)
{
    (void)ready;
    struct pal_ops *o = PAL_CONTAINER(w, struct pal_ops, listener);
    int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
        conn_open(o, fd);
}

static void *ops_thread(void *arg)
{
    struct pal_ops *o = arg;
    pal_loop_run(o->loop);
    PAL_LIST_EACH(it, &o->open) {
        conn_close(PAL_CONTAINER(it, struct ops_conn, link));
    }
    return NULL;
}

static void ops_free(struct pal_ops *o)
{
    if (o->listener.fd >= 0)
        close(o->listener.fd);
    pal_loop_free(o->loop);
    free(o->path);
    free(o);
}

static enum pal_code ops_open(struct pal_ops *o, const char *listen, struct pal_error *err)
{
    enum pal_code code = pal_ops_listen(listen, &o->listener.fd, err);
    if (code != PAL_OK)
        return code;
    if (pal_str_starts(pal_str_of(listen), PAL_STR("unix:")))
        o->path = strdup(listen + 5);
    o->loop = pal_loop_new();
    if (!o->loop || pal_loop_watch(o->loop, &o->listener) != PAL_OK ||
        !pal_thread_start(&o->thread, "ops", ops_thread, o))
        return pal_error_set(err, &pal_err_service_internal,
                             "no loop or thread for the operations port");
    return PAL_OK;
}

enum pal_code pal_ops_start(const char *listen, pal_ready_fn *ready, void *ctx,
                            struct pal_ops **out, struct pal_error *err)
{
    struct pal_ops *o = calloc(1, sizeof *o);
    if (!o)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    o->ready = ready;
    o->ctx = ctx;
    o->listener = (struct pal_watch){.fd = -1, .events = EPOLLIN, .fn = on_listener};
    pal_list_init(&o->open);
    enum pal_code code = ops_open(o, listen, err);
    if (code == PAL_OK)
        *out = o;
    else
        ops_free(o);
    return code;
}

void pal_ops_free(struct pal_ops *o)
{
    if (!o)
        return;
    pal_loop_stop(o->loop);
    pthread_join(o->thread, NULL);
    pal_loop_unwatch(o->loop, &o->listener);
    if (o->path)
        unlink(o->path);
    ops_free(o);
}
