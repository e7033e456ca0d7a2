/* The front's turns on the loop: libmicrohttpd runs when its descriptor or its timer says so, and
 * whoever is too slow is cut off. */
#include "http/steps.h"

#include "base/clock.h"

#include <sys/socket.h>

enum {
    READ_TIMEOUT_MS =
        60000, /* from the start of a request to its last byte, however it trickles in */
    RUNS_PER_TURN = 8,
    SPINS_MAX = 256
};

static void cut_off(const struct pal_http_conn *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        (void)shutdown(info->connect_fd, SHUT_RDWR);
}

/* libmicrohttpd 0.9.75 turns for ever over a chunk's size line that does not fit into its buffer,
 * even when the client has left. Which one it is cannot be asked; all that are in the middle of a
 * chunked body are cut off. */
static void cut_off_stuck(struct pal_front *f)
{
    PAL_LIST_EACH(it, &f->requests) {
        const struct pal_http *r = PAL_CONTAINER(it, struct pal_http, link);
        if ((r->stage == PAL_HTTP_BODY || r->stage == PAL_HTTP_PIECES) && r->chunked && r->conn)
            cut_off(r->conn);
    }
}

static void count_spins(struct pal_front *f, bool again)
{
    f->spins = again && !f->progress ? f->spins + 1 : 0;
    if (f->spins < SPINS_MAX)
        return;
    f->spins = 0;
    cut_off_stuck(f);
}

static void run(struct pal_front *f)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    enum MHD_Result timed = MHD_NO;
    for (int i = 0; i < RUNS_PER_TURN; i++) {
        f->resumed = f->progress = false;
        (void)MHD_run(f->daemon);
        timed = MHD_get_timeout(f->daemon, &wait_ms);
        bool again = timed == MHD_YES && wait_ms == 0;
        count_spins(f, again);
        if (!f->resumed && !again)
            break;
    }
    if (f->resumed)
        pal_timer_arm(f->config.loop, &f->timer, 0);
    else if (timed == MHD_YES)
        pal_timer_arm(f->config.loop, &f->timer,
                      wait_ms < PAL_SWEEP_MS ? (int64_t)wait_ms : PAL_SWEEP_MS);
    else
        pal_timer_stop(f->config.loop, &f->timer);
}

void pal_turns_ready(struct pal_watch *w, uint32_t ready)
{
    (void)ready;
    run(PAL_CONTAINER(w, struct pal_front, watch));
}

static void on_timer(struct pal_timer *t)
{
    run(PAL_CONTAINER(t, struct pal_front, timer));
}

/* The client has closed its side and all that it sent was taken. */
static bool has_left(const struct pal_http_conn *c)
{
    char byte;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* libmicrohttpd 0.9.75 may miss an end that comes in the middle of a body while the connection is
 * suspended. Whoever waits for the rest of such a body would keep what it is for (the lock of an
 * upload, say) until the time is over. */
static void cut_off_ended(struct pal_front *f)
{
    int64_t before = pal_mono_ms() - PAL_SWEEP_MS;
    PAL_LIST_EACH(it, &f->requests) {
        const struct pal_http *r = PAL_CONTAINER(it, struct pal_http, link);
        if (r->stage == PAL_HTTP_PIECES && r->conn && !r->suspended && r->conn->since_ms < before &&
            has_left(r->conn))
            cut_off(r->conn);
    }
}

/* Cuts off who has been sending one request for too long. */
static void on_sweep(struct pal_timer *t)
{
    struct pal_front *f = PAL_CONTAINER(t, struct pal_front, sweep);
    int64_t oldest = pal_mono_ms() - READ_TIMEOUT_MS;
    PAL_LIST_EACH(it, &f->conns) {
        struct pal_http_conn *c = PAL_CONTAINER(it, struct pal_http_conn, link);
        if (c->running || c->since_ms > oldest)
            continue;
        cut_off(c);
    }
    cut_off_ended(f);
    pal_timer_arm(f->config.loop, t, PAL_SWEEP_MS);
}

void pal_turns_init(struct pal_front *f)
{
    f->timer.fn = on_timer;
    f->sweep.fn = on_sweep;
}
