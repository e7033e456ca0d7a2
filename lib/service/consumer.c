/* Durable consumers: a thread for each service that is followed. It asks for what comes after its
 * position, applies a batch and moves the position in one transaction. Published events only wake
 * it: what counts is the log. */
#include "service/follower.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    IDLE_MS = 1000,
    SETTLE_MS = 20,
    SETTLE_TRIES = 3,
    RETRY_MS = 500,
    POISON_TRIES = 3,
    SPACING_PER_EVENT_MS = 10
};

struct pal_followers {
    struct follower *all;
    size_t n;
};

/* ---- apply ---- */

static enum pal_code read_position(struct follower *f, struct pal_error *err)
{
    enum pal_code code = pal_db_begin(f->db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = pal_position_read(f->db, f->source, &f->at, err);
    if (code == PAL_OK)
        code = pal_db_commit(f->db, err);
    else
        pal_db_rollback(f->db);
    f->known = code == PAL_OK;
    return code;
}

/* Begins the transaction of a batch that ends at `to`. Another replica may have moved the position
 * meanwhile: then there is nothing to do with this batch. */
static enum pal_code begin_and_move(struct follower *f, struct pal_position to,
                                    struct pal_error *err)
{
    bool moved = false;
    struct pal_move move = {.from = f->at, .to = to, .read_on = f->read_on};
    enum pal_code code = pal_db_begin(f->db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = pal_position_move(f->db, f->source, &move, &moved, err);
    if (code != PAL_OK || moved)
        return code;
    f->known = false;
    return pal_error_set(err, &pal_err_service_unavailable, "another replica was faster");
}

static enum pal_code commit(struct follower *f, struct pal_position to, struct pal_error *err)
{
    enum pal_code code = pal_db_commit(f->db, err);
    f->known = code == PAL_OK; /* otherwise the outcome is read from the database */
    if (code == PAL_OK) {
        f->at = to;
        f->failures = 0;
    }
    return code;
}

static enum pal_code apply_one(struct follower *f, struct pal_call *c,
                               const struct pal_log_event *e)
{
    char why[80] = "";
    if (!pal_event_by_id(e->kind))
        return PAL_OK; /* of a newer version of the source */
    json_t *body = pal_json_parse(e->body, why);
    enum pal_code code =
        body ? f->spec->apply(c, e, body)
             : pal_fail(c, &pal_err_service_internal, "an event of %s: %s", f->source, why);
    json_decref(body);
    return code;
}

static enum pal_code apply_n(struct follower *f, struct pal_call *c,
                             const struct pal_log_event *events, size_t n)
{
    enum pal_code code = PAL_OK;
    if (f->spec->batch)
        return pal_call_blame(c, f->spec->batch(c, events, n));
    for (size_t i = 0; i < n && code == PAL_OK; i++)
        code = pal_call_blame(c, apply_one(f, c, &events[i]));
    return code;
}

/* One transaction over n > 0 events. */
static enum pal_code apply_batch(struct follower *f, const struct pal_log_event *events, size_t n,
                                 struct pal_error *err)
{
    struct pal_call c;
    struct pal_call_private p;
    struct pal_call *calls = &c;
    struct pal_position to = events[n - 1].at;
    int64_t began_us = pal_mono_us();
    pal_call_init(&c, &p, f->service, f->db, &f->arena, NULL);
    enum pal_code code = begin_and_move(f, to, &c.err);
    if (code == PAL_OK)
        code = apply_n(f, &c, events, n);
    if (code == PAL_OK)
        code = commit(f, to, &c.err);
    else
        pal_db_rollback(f->db);
    if (code == PAL_OK) {
        pal_calls_publish(f->service, &calls, 1);
        pal_metric_add(f->metrics.applied, (int64_t)n);
        pal_metric_observe_count(f->metrics.batch, (int64_t)n);
        pal_metric_observe_us(f->metrics.duration, pal_mono_us() - began_us);
    }
    *err = c.err;
    return code;
}

/* ---- an event that cannot be applied ---- */

static enum pal_code bury(struct follower *f, const struct pal_log_event *e,
                          const struct pal_error *why, struct pal_error *err)
{
    enum pal_code code = begin_and_move(f, e->at, err);
    if (code == PAL_OK)
        code = pal_dead_event_put(f->db, &f->arena, f->source, e, why->detail, err);
    if (code == PAL_OK)
        return commit(f, e->at, err);
    pal_db_rollback(f->db);
    return code;
}

static bool may_pass(enum pal_code code)
{
    return code == PAL_UNAVAILABLE || code == PAL_TIMEOUT;
}

static void pause_for(struct follower *f, int ms)
{
    pal_bus_pause(f->peer, ms); /* events do not cut it short, the end does */
}

/* The event after the position failed by itself: try a few times, then put it away. */
static void suffer(struct follower *f, const struct pal_log_event *e, const struct pal_error *why)
{
    struct pal_error err = {0};
    if (++f->failures < POISON_TRIES) {
        pause_for(f, RETRY_MS);
        return;
    }
    enum pal_code code = bury(f, e, why, &err);
    if (code != PAL_OK) {
        pal_log_error(PAL_ERROR, "event cannot be put away", &err);
        pause_for(f, RETRY_MS);
        return;
    }
    pal_metric_add(f->metrics.dead, 1);
    pal_log(PAL_ERROR, "event skipped", PAL_LS("source", f->source),
            PAL_LI("id", (int64_t)e->at.id), PAL_LI("kind", e->kind),
            PAL_LS("code", why->def->name), PAL_LS("detail", why->detail));
}

/* As many from the first on as can be applied; how many. When it is not the database that failed,
 * half as many are tried, down to the one event that is to blame. */
static size_t apply_some(struct follower *f, const struct pal_log_event *events, size_t n)
{
    struct pal_error err = {0};
    enum pal_code code = apply_batch(f, events, n, &err);
    for (; code != PAL_OK && f->known && !may_pass(code) && n > 1; n /= 2)
        code = apply_batch(f, events, n / 2, &err);
    if (code == PAL_OK)
        return n;
    if (f->known && !may_pass(code)) {
        suffer(f, events, &err);
        return 0;
    }
    pal_log_error(f->known ? PAL_WARN : PAL_DEBUG, "events not applied", &err);
    if (f->known)
        pause_for(f, RETRY_MS);
    return 0;
}

/* ---- the thread ---- */

/* A wake-up that brings nothing: the event is committed, but an older transaction still hides it.
 * Look again soon. */
static void wait_for_more(struct follower *f)
{
    bool soon = f->empties > 0 && f->empties <= SETTLE_TRIES;
    bool woken = pal_bus_wait_event(f->peer, &f->seen, soon ? SETTLE_MS : IDLE_MS);
    f->empties = woken ? 1 : soon ? f->empties + 1 : 0;
}

/* After a batch: under load the next may gather first, unless more is waiting already than this one
 * had. Without a wake nothing new has come, and the source need not be asked. */
static void rest(struct follower *f, const struct pal_events *events)
{
    uint64_t last = events->all[events->n - 1].at.id;
    size_t behind = events->head > last ? (size_t)(events->head - last) : 0;
    if (f->spec->spacing_ms == 0 || behind >= events->n)
        return;
    size_t ms = events->n * SPACING_PER_EVENT_MS;
    pause_for(f, ms < (size_t)f->spec->spacing_ms ? (int)ms : f->spec->spacing_ms);
    f->empties = behind > 0; /* kept back by an older transaction */
    wait_for_more(f);
}

static void turn(struct follower *f)
{
    struct pal_error err = {0};
    struct pal_events events;
    if (!f->known && read_position(f, &err) != PAL_OK) {
        pal_log_error(PAL_WARN, "position not read", &err);
        pause_for(f, IDLE_MS);
        return;
    }
    if (!pal_source_fetch(f, &events)) {
        wait_for_more(f);
    } else if (events.n == 0) {
        pal_lag_tell(f, &events, 0);
        wait_for_more(f);
    } else {
        f->empties = 0;
        pal_lag_tell(f, &events, 0);
        size_t done = apply_some(f, events.all, events.n);
        pal_lag_tell(f, &events, done);
        if (done == events.n)
            rest(f, &events);
    }
    pal_arena_reset(&f->arena);
}

static void *follower_thread(void *arg)
{
    struct follower *f = arg;
    while (!atomic_load(&f->service->stopping))
        turn(f);
    return NULL;
}

static bool follower_start(struct pal_service *s, struct follower *f,
                           const struct pal_consumer *spec)
{
    struct pal_error err = {0};
    char purpose[32];
    f->service = s;
    f->spec = spec;
    f->source = pal_source_names[spec->source];
    f->peer = s->peers[spec->source];
    f->events = pal_source_command(spec->source);
    snprintf(purpose, sizeof purpose, "follows %s", f->source);
    pal_lag_register(f);
    pal_arena_init(&f->arena, PAL_ARENA_MAX);
    if (!f->peer || !f->events)
        pal_error_set(&err, &pal_err_service_internal, "%s is not a peer with an event log",
                      f->source);
    else if (pal_service_db(s, purpose, &f->db, &err) == PAL_OK)
        f->running = pal_thread_start(&f->thread, f->source, follower_thread, f);
    if (!f->running)
        pal_log_error(PAL_ERROR, "consumer cannot start", &err);
    return f->running;
}

bool pal_followers_start(struct pal_service *s)
{
    size_t n = s->spec->n_consumers;
    struct pal_followers *all = calloc(1, sizeof *all);
    if (!all || !(all->all = calloc(n + 1, sizeof *all->all))) {
        free(all);
        return false;
    }
    s->followers = all;
    while (all->n < n) {
        struct follower *f = &all->all[all->n];
        if (!follower_start(s, f, &s->spec->consumers[all->n++]))
            return false;
    }
    return true;
}

void pal_followers_stop(struct pal_service *s)
{
    struct pal_followers *all = s->followers;
    s->followers = NULL;
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++)
        if (all->all[i].running)
            pal_bus_interrupt(all->all[i].peer);
    for (size_t i = 0; i < all->n; i++) {
        struct follower *f = &all->all[i];
        if (f->running)
            pthread_join(f->thread, NULL);
        pal_db_free(f->db);
        pal_arena_fini(&f->arena);
    }
    free(all->all);
    free(all);
}
