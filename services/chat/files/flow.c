/* A download from the bucket: a thread of the pool fetches a piece, the client gets it, and when it
 * has read that, the next one is fetched. A slow client keeps no thread, and one piece of memory:
 * what the stream still has to send.
 */
#include "files/page.h"

#include <stdio.h>
#include <stdlib.h>

enum { FLOW_PIECE = 512 << 10, FLOWS_MAX = 200 };

/* Loop's thread; while it is busy piece, code and err are a pool thread's. */
struct flow {
    struct pal_list link; /* files->flows */
    struct files *home;
    struct pal_http *r;        /* until it is answered; NULL: the client is gone */
    struct pal_stream *stream; /* from then on; NULL: it is closed */
    struct page page;
    char location[STORAGE_LOCATION_MAX];
    uint64_t at, left; /* what is to be fetched */
    struct pal_buf piece;
    enum pal_code code;
    struct pal_error err;
    bool busy;
};

static void flow_free(struct flow *f)
{
    pal_list_remove(&f->link);
    f->home->open--;
    f->home->n_flows--;
    pal_buf_fini(&f->piece);
    free(f);
}

static void on_gone(void *data)
{
    struct flow *f = data;
    f->r = NULL;
}

static void on_close(void *data)
{
    struct flow *f = data;
    f->stream = NULL;
    if (!f->busy)
        flow_free(f);
}

static void fetch(void *arg)
{
    struct flow *f = arg;
    size_t n = f->left < FLOW_PIECE ? (size_t)f->left : FLOW_PIECE;
    f->code = storage_piece(f->home->data->storage, f->location, f->at, n, &f->piece, &f->err);
}

static void fetch_next(void *data);
static const struct pal_flow_hooks hooks = {fetch_next, on_close};

/* The answer begins with its first piece: until then it may still be that there is none. */
static bool begin(struct flow *f)
{
    struct pal_http *r = f->r;
    f->r = NULL;
    pal_http_set_data(r, NULL, NULL);
    if (f->code != PAL_OK)
        files_fail(r, false, &f->err);
    else
        f->stream = pal_http_flow(r, f->page.status, f->page.type, f->page.lines, f->page.n,
                                  f->page.length, &hooks, f);
    return f->stream;
}

static void fetched(void *arg)
{
    struct flow *f = arg;
    f->busy = false;
    if (!(f->r ? begin(f) : f->stream != NULL)) {
        flow_free(f);
        return;
    }
    f->at += f->piece.n;
    f->left -= f->piece.n;
    if (f->code == PAL_OK && pal_stream_write(f->stream, pal_buf_view(&f->piece))) {
        pal_buf_fini(&f->piece);
        return;
    }
    pal_stream_abort(f->stream);
    flow_free(f);
}

static void fetch_next(void *data)
{
    struct flow *f = data;
    if (f->left == 0)
        return;
    f->busy = pool_run(f->home->pool, fetch, fetched, f);
    if (!f->busy) {
        pal_stream_abort(f->stream);
        flow_free(f);
    }
}

void flow_send(struct files *home, struct pal_http *r, const json_t *o, enum page_kind kind,
               int64_t seconds)
{
    struct pal_str at = pal_json_str(o, "location");
    bool head = pal_str_eq(pal_http_method(r), PAL_STR("HEAD"));
    struct flow *f = home->n_flows < FLOWS_MAX ? calloc(1, sizeof *f) : NULL;
    if (!f) {
        files_refuse(r, false, &pal_err_service_unavailable, "too much is being read");
        return;
    }
    f->home = home;
    home->open++;
    home->n_flows++;
    pal_list_append(&home->flows, &f->link);
    pal_buf_init(&f->piece, FLOW_PIECE);
    page_describe(&f->page, o, kind, seconds);
    if (!page_choose(&f->page, r)) {
        flow_free(f);
        return;
    }
    f->r = r;
    f->at = f->page.from;
    f->left = f->page.length;
    (void)snprintf(f->location, sizeof f->location, "%.*s", (int)at.n, at.n ? at.p : "");
    if (head || f->left == 0) {
        if (!begin(f))
            flow_free(f);
        return;
    }
    pal_http_set_data(r, f, on_gone);
    f->busy = pool_run(home->pool, fetch, fetched, f);
    if (!f->busy) {
        pal_http_set_data(r, NULL, NULL);
        files_refuse(r, false, &pal_err_service_unavailable, "too much is being read");
        flow_free(f);
    }
}

void flows_free(struct files *home)
{
    PAL_LIST_EACH(it, &home->flows) {
        flow_free(PAL_CONTAINER(it, struct flow, link));
    }
}
