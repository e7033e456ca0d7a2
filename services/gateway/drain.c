/* Draining on SIGTERM. Spread out, so that the other gateways do not get all the reconnections at
 * once. */
#include "drain.h"

#include "base/log.h"
#include "gateway.h"
#include "http/front.h"
#include "session.h"

#include <stdlib.h>

struct drain {
    struct gateway *gw;
    struct pal_timer timer;
    int64_t since_ms;
};

static bool is_closing(const struct session *s)
{
    return s->state == SESSION_ENDING || s->end_when_quiet;
}

/* Moves at most n sessions to `batch`. Gathered before anything is done to them: a session that
 * ends at once takes its person out of the map that is walked. */
static void gather(struct gateway *gw, struct pal_list *batch, size_t n, bool closing_too)
{
    size_t at = 0;
    uint64_t user;
    void *value;
    pal_list_init(batch);
    while (n > 0 && pal_map_next(&gw->people.users, &at, &user, &value)) {
        struct person *p = value;
        PAL_LIST_EACH(it, &p->sessions) {
            struct session *s = PAL_CONTAINER(it, struct session, in_person);
            if (n == 0 || (is_closing(s) && !closing_too))
                continue;
            pal_list_remove(&s->in_held);
            pal_list_append(batch, &s->in_held);
            n--;
        }
    }
}

static void close_some(struct gateway *gw, size_t n)
{
    struct pal_list batch, *e;
    gather(gw, &batch, n, false);
    while ((e = pal_list_pop(&batch)))
        session_restart(PAL_CONTAINER(e, struct session, in_held));
}

void drain_abort_all(struct gateway *gw)
{
    struct pal_list batch, *e;
    gather(gw, &batch, SIZE_MAX, true);
    while ((e = pal_list_pop(&batch))) {
        struct session *s = PAL_CONTAINER(e, struct session, in_held);
        if (s->conn.watch.fd >= 0)
            ws_conn_abort(&s->conn);
        else
            session_end(s, CLOSE_RESTART, "");
    }
    ws_io_turn(&gw->io);
}

static bool quiet(const struct gateway *gw)
{
    return gw->people.sessions == 0 && pal_front_open(gw->front) == 0;
}

static void on_step(struct pal_timer *t)
{
    struct drain *d = PAL_CONTAINER(t, struct drain, timer);
    struct gateway *gw = d->gw;
    int64_t passed = pal_loop_now(gw->loop) - d->since_ms;
    int64_t left = (DRAIN_SPREAD_MS - passed) / DRAIN_STEP_MS;
    size_t share = left > 0 ? gw->people.sessions / (size_t)left + 1 : gw->people.sessions;
    close_some(gw, share);
    if (quiet(gw) || passed >= DRAIN_MAX_MS) {
        pal_log(PAL_INFO, "drained", PAL_LI("sockets left", gw->people.sessions),
                PAL_LI("ms", passed));
        pal_loop_stop(gw->loop);
        return;
    }
    pal_timer_arm(gw->loop, t, DRAIN_STEP_MS);
}

void drain_begin(struct gateway *gw)
{
    if (gw->drain)
        return;
    atomic_store(&gw->draining, true);
    struct drain *d = calloc(1, sizeof *d);
    if (!d) {
        pal_loop_stop(gw->loop);
        return;
    }
    gw->drain = d;
    d->gw = gw;
    d->timer.fn = on_step;
    d->since_ms = pal_loop_now(gw->loop);
    gw->admission.held = gw->people.sessions;
    pal_log(PAL_INFO, "draining", PAL_LI("sockets", gw->people.sessions));
    pal_front_stop_accepting(gw->front);
    pal_timer_arm(gw->loop, &d->timer, 1);
}

void drain_free(struct gateway *gw)
{
    if (!gw->drain)
        return;
    pal_timer_stop(gw->loop, &gw->drain->timer);
    free(gw->drain);
    gw->drain = NULL;
}
