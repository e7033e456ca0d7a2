/* A client that is answered before it has sent its body would lose the answer: closing a socket
 * with unread bytes resets the connection. So the socket is kept a little longer, and what still
 * comes is thrown away (RFC 9112 §9.6). */
#include "http/steps.h"
#include "proto/validate.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGERING_MAX = 64,
    LINGER_MS = 5000,
    LINGER_BYTES = 16 << 20,
    READ_BYTES = 16 << 10,
    RESPONSE_MAX = 64 << 10
};

struct lingering {
    struct pal_list link; /* front->lingering */
    struct pal_front *front;
    struct pal_watch watch; /* its descriptor is owned */
    struct pal_timer timer;
    size_t left; /* bytes that may still come */
};

static void end(struct lingering *l)
{
    pal_list_remove(&l->link);
    l->front->n_lingering--;
    pal_timer_stop(l->front->config.loop, &l->timer);
    pal_loop_unwatch(l->front->config.loop, &l->watch);
    (void)close(l->watch.fd);
    free(l);
}

static void on_bytes(struct pal_watch *w, uint32_t ready)
{
    struct lingering *l = PAL_CONTAINER(w, struct lingering, watch);
    char bytes[READ_BYTES];
    ssize_t n = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0 && (size_t)n < l->left)
        l->left -= (size_t)n;
    else if (n >= 0 || ready & (EPOLLERR | EPOLLHUP))
        end(l);
}

static void on_late(struct pal_timer *t)
{
    end(PAL_CONTAINER(t, struct lingering, timer));
}

int pal_linger_hold(const struct pal_http *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info || r->front->n_lingering >= LINGERING_MAX)
        return -1;
    return fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 3);
}

static void write_refusal(int fd, const struct pal_error *err, struct pal_str request_id)
{
    char bytes[2048];
    struct pal_buf body;
    pal_buf_init(&body, sizeof bytes / 2);
    pal_problem_write(err, request_id, &body);
    int n = snprintf(bytes, sizeof bytes,
                     "HTTP/1.1 %u Refused\r\nContent-Type: application/problem+json\r\n"
                     "Content-Length: %zu\r\nConnection: close\r\n\r\n%.*s",
                     (unsigned)err->def->status, body.n, (int)body.n, body.p ? body.p : "");
    if (!body.failed && n > 0 && (size_t)n < sizeof bytes)
        (void)send(fd, bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    pal_buf_fini(&body);
}

void pal_linger_refuse(struct pal_http *r, const struct pal_err_def *def, const char *why)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, def, "%s", why);
    if (r->linger_fd < 0)
        r->linger_fd = pal_linger_hold(r);
    if (r->linger_fd >= 0)
        write_refusal(r->linger_fd, &err, pal_str_of(r->request_id));
}

static enum MHD_Result write_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                    const char *value)
{
    struct pal_buf *out = cls;
    (void)kind;
    if (strcasecmp(key, "Connection") != 0) {
        pal_buf_z(out, key);
        pal_buf_z(out, ": ");
        pal_buf_z(out, value);
        pal_buf_z(out, "\r\n");
    }
    return MHD_YES;
}

void pal_linger_respond(struct pal_http *r)
{
    struct pal_buf out;
    size_t body = r->head_only ? 0 : r->frame_body.n;
    pal_buf_init(&out, RESPONSE_MAX);
    pal_buf_printf(&out, "HTTP/1.1 %u Refused\r\n", r->status);
    (void)MHD_get_response_headers(r->response, write_header, &out);
    pal_buf_printf(&out, "Content-Length: %zu\r\nConnection: close\r\n\r\n", body);
    pal_buf_add(&out, r->frame_body.p, body);
    if (r->linger_fd < 0)
        r->linger_fd = pal_linger_hold(r);
    if (r->linger_fd >= 0 && !out.failed)
        (void)send(r->linger_fd, out.p, out.n, MSG_DONTWAIT | MSG_NOSIGNAL);
    pal_buf_fini(&out);
}

void pal_linger_begin(struct pal_front *f, int fd)
{
    struct lingering *l = calloc(1, sizeof *l);
    if (!l) {
        (void)close(fd);
        return;
    }
    (void)shutdown(fd, SHUT_WR);
    *l = (struct lingering){
        .front = f, .watch = {fd, EPOLLIN, on_bytes}, .timer.fn = on_late, .left = LINGER_BYTES};
    pal_list_append(&f->lingering, &l->link);
    f->n_lingering++;
    pal_timer_arm(f->config.loop, &l->timer, LINGER_MS);
    if (pal_loop_watch(f->config.loop, &l->watch) != PAL_OK)
        end(l);
}

void pal_linger_end_all(struct pal_front *f)
{
    PAL_LIST_EACH(it, &f->lingering) {
        end(PAL_CONTAINER(it, struct lingering, link));
    }
}
