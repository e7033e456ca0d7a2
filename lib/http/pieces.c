/* Bodies that their route reads itself, piece by piece (front.h): uploads of any size in constant
 * memory. While nobody reads, the connection is suspended and TCP holds the client back.
 *
 * libmicrohttpd calls again after a resume only where there is something left to hand over, or
 * where the body has ended. So while the route is busy one byte is left with it; and a response in
 * the middle of a body, which it does not take, is written past it (linger.c). */
#include "http/steps.h"

#include "base/clock.h"

bool pal_pieces_unread(const struct pal_http *r)
{
    bool upload = pal_str_eq(r->method, PAL_STR("POST")) || pal_str_eq(r->method, PAL_STR("PUT"));
    if (!r->has_body || r->ended)
        return false;
    /* Before the body it gives up the connection for these two methods by itself. */
    return r->stage == PAL_HTTP_PIECES || (r->stage == PAL_HTTP_BODY && !upload);
}

static void hand_over(struct pal_http *r, bool last)
{
    pal_http_piece_fn *fn = r->piece;
    r->into = NULL;
    r->piece = NULL;
    fn(r->data, last);
}

/* Takes what is there; all but one byte where that is enough, so that a resume is heard of. */
static void take(struct pal_http *r, const char *data, size_t *n)
{
    bool enough = r->into->n + *n >= r->want;
    size_t taken = enough ? *n - 1 : *n;
    pal_buf_add(r->into, data, taken);
    *n -= taken;
    r->conn->since_ms = pal_mono_ms();
    if (enough)
        hand_over(r, false);
}

static void begin(struct pal_http *r)
{
    r->stage = PAL_HTTP_PIECES;
    r->counted = true;
    r->front->running++;
    r->special->fn(r->front->config.ctx, r);
}

bool pal_pieces_on(struct pal_http *r, const char *data, size_t *n)
{
    r->ended = *n == 0;
    if (r->stage == PAL_HTTP_BODY)
        begin(r);
    else if (r->into && r->ended)
        hand_over(r, true);
    else if (r->into)
        take(r, data, n);
    return r->into && !r->ended;
}

void pal_http_read(struct pal_http *r, struct pal_buf *into, size_t want, pal_http_piece_fn *fn)
{
    r->into = into;
    r->want = want > 1 ? want : 2;
    r->piece = fn;
    if (!r->mhd || r->answered)
        return;
    r->conn->running = false;
    r->conn->since_ms = pal_mono_ms();
    if (r->ended)
        hand_over(r, true);
    else
        pal_request_resume(r);
}

int64_t pal_http_length(const struct pal_http *r)
{
    return r->length;
}
