/* One request: its memory, what handlers may ask of it, and the watch over a client that waits. */
#include "http/steps.h"

#include "base/clock.h"
#include "base/id.h"

#include <stdlib.h>
#include <sys/epoll.h>

enum { ARENA_MAX = 96 << 10 };

struct pal_http *pal_request_new(struct pal_front *f, const char *target,
                                 struct MHD_Connection *mhd)
{
    struct pal_http *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    *r = (struct pal_http){
        .front = f, .mhd = mhd, .gone.fd = -1, .linger_fd = -1, .started_us = pal_mono_us()};
    pal_arena_init(&r->arena, ARENA_MAX);
    pal_buf_init(&r->body, PAL_HTTP_BODY_MAX);
    pal_buf_init(&r->frame_body, PAL_FRAME_BODY_MAX);
    pal_list_append(&f->requests, &r->link);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    r->conn = info ? info->socket_context : NULL;
    /* One byte more than is allowed is enough to see that it is too long. */
    r->target.n = strnlen(target, PAL_HTTP_TARGET_MAX + 1);
    r->target.p = pal_arena_strdup(&r->arena, (struct pal_str){target, r->target.n});
    if (!r->target.p || !r->conn) {
        pal_request_free(r);
        return NULL;
    }
    return r;
}

void pal_request_free(struct pal_http *r)
{
    pal_request_unwatch_client(r);
    pal_list_remove(&r->link);
    if (r->response)
        MHD_destroy_response(r->response);
    pal_buf_fini(&r->body);
    pal_buf_fini(&r->frame_body);
    pal_arena_fini(&r->arena);
    free(r);
}

/* ---- the client, while nobody reads from it ---- */

static void on_client(struct pal_watch *w, uint32_t ready)
{
    struct pal_http *r = PAL_CONTAINER(w, struct pal_http, gone);
    (void)ready;
    pal_request_unwatch_client(r);
    r->aborted = true;
    pal_request_resume(r); /* libmicrohttpd ends the request, and with it comes "completed" */
}

void pal_request_watch_client(struct pal_http *r, uint32_t events)
{
    if (r->watching || !r->mhd)
        return;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info)
        return;
    r->gone = (struct pal_watch){info->connect_fd, events, on_client};
    r->watching = pal_loop_watch(r->front->config.loop, &r->gone) == PAL_OK;
}

void pal_request_unwatch_client(struct pal_http *r)
{
    if (r->watching)
        pal_loop_unwatch(r->front->config.loop, &r->gone);
    r->watching = false;
}

void pal_request_resume(struct pal_http *r)
{
    if (!r->suspended)
        return;
    r->suspended = false;
    MHD_resume_connection(r->mhd);
    /* Without threads of its own libmicrohttpd wakes nobody. */
    r->front->resumed = true;
    pal_timer_arm(r->front->config.loop, &r->front->timer, 0);
}

void pal_http_set_data(struct pal_http *r, void *data, void (*on_gone)(void *data))
{
    r->data = data;
    r->on_gone = on_gone;
    /* Only a reset or a full close: a client may have closed its sending side and wait for the
     * answer. */
    if (on_gone)
        pal_request_watch_client(r, EPOLLHUP | EPOLLERR);
}

void *pal_http_data(const struct pal_http *r)
{
    return r->data;
}

/* ---- accessors ---- */

struct pal_str pal_http_method(const struct pal_http *r)
{
    return r->method;
}

struct pal_str pal_http_path(const struct pal_http *r)
{
    return r->path;
}

bool pal_request_is_get(const struct pal_http *r)
{
    return r->head_only || pal_str_eq(r->method, PAL_STR("GET"));
}

struct pal_str pal_http_header(const struct pal_http *r, const char *name)
{
    const char *value = NULL;
    size_t n = 0;
    if (!r->mhd || MHD_lookup_connection_value_n(r->mhd, MHD_HEADER_KIND, name, strlen(name),
                                                 &value, &n) != MHD_YES)
        return (struct pal_str){NULL, 0};
    /* libmicrohttpd leaves the white space behind a value (RFC 9110 §5.5: no part of it). */
    return pal_str_trim((struct pal_str){value ? value : "", value ? n : 0});
}

struct gather {
    struct pal_str name;
    struct pal_buf out;
};

static enum MHD_Result gather_one(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                  const char *value, size_t value_n)
{
    struct gather *g = cls;
    (void)kind;
    if (!pal_str_caseeq((struct pal_str){key, key_n}, g->name))
        return MHD_YES;
    if (g->out.n)
        pal_buf_z(&g->out, ", ");
    pal_buf_add(&g->out, value, value ? value_n : 0);
    return MHD_YES;
}

struct pal_str pal_request_header_list(struct pal_http *r, const char *name)
{
    struct gather g = {.name = pal_str_of(name)};
    struct pal_str list = {NULL, 0};
    pal_buf_init(&g.out, 4096);
    if (r->mhd)
        (void)MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, gather_one, &g);
    if (g.out.n && !g.out.failed) {
        list.p = pal_arena_strdup(&r->arena, pal_buf_view(&g.out));
        list.n = list.p ? g.out.n : 0;
    }
    pal_buf_fini(&g.out);
    return list;
}

struct pal_str pal_http_query(const struct pal_http *r, const char *name)
{
    return pal_query_get(&r->query, pal_str_of(name));
}

struct pal_str pal_http_param(const struct pal_http *r, const char *name)
{
    return pal_query_get(&r->params, pal_str_of(name));
}

struct pal_str pal_http_cookie(const struct pal_http *r, const char *name)
{
    struct pal_str rest = pal_http_header(r, "Cookie");
    while (rest.n > 0) {
        struct pal_str pair, key;
        rest = pal_str_cut(rest, ';', &pair);
        struct pal_str value = pal_str_cut(pair, '=', &key);
        if (value.p && pal_str_eq(pal_str_trim(key), pal_str_of(name)))
            return pal_str_trim(value);
    }
    return (struct pal_str){NULL, 0};
}

const uint8_t *pal_http_address(const struct pal_http *r)
{
    return r->address;
}

const char *pal_http_request_id(const struct pal_http *r)
{
    return r->request_id;
}

void pal_http_trace(const struct pal_http *r, uint8_t trace[16])
{
    memcpy(trace, r->trace, sizeof r->trace);
}

/* The first of the client's languages that is one of ours; the order of the list stands for the
 * weights, which browsers send falling. */
const char *pal_http_language(const struct pal_http *r)
{
    struct pal_str rest = pal_http_header(r, "Accept-Language");
    while (rest.n > 0) {
        struct pal_str one, tag, primary;
        rest = pal_str_cut(rest, ',', &one);
        (void)pal_str_cut(one, ';', &tag);
        (void)pal_str_cut(pal_str_trim(tag), '-', &primary);
        if (pal_str_caseeq(primary, PAL_STR("es")))
            return "es";
        if (pal_str_caseeq(primary, PAL_STR("en")))
            return "en";
    }
    return "en";
}
