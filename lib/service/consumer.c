/* Durable consumers: a thread for each service that is followed. It asks for what comes after its
 * position, applies a batch and moves the position in one transaction. Published events only wake
 * it: what counts is the log. */
#include "service/follower.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum { IDLE_MS = 1000, SETTLE_MS = 20, SETTLE_TRIES = 3, RETRY_MS = 500, POISON_TRIES = 3 };

struct pal_followers {
    struct follower *all;
    size_t n;
};

/* ---- apply ---- */

static enum pal_code read_position(struct follower *f, struct pal_error *err)
{
    enum pal_code code = pal_db_begin(f->db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = pal_position_lock(f->db, f->source, &f->at, err);
    if (code == PAL_OK)
        code = pal_db_commit(f->db, err);
    else
        pal_db_rollback(f->db);
    f->known = code == PAL_OK;
    return code;
}

/* Locks the position. Another replica may have moved it meanwhile: then there is nothing to do with
 * this batch. */
static enum pal_code lock_position(struct follower *f, struct pal_error *err)
{
    struct pal_position now = {0};
    enum pal_code code = pal_position_lock(f->db, f->source, &now, err);
    if (code != PAL_OK || (now.tx == f->at.tx && now.id == f->at.id))
        return code;
    f->known = false;
    return pal_error_set(err, &pal_err_service_unavailable, "another replica was faster");
}

/* Applies events [0, n) in the transaction. *done: how many went well. */
static enum pal_code apply_each(struct follower *f, struct pal_call *c, const json_t *events,
                                size_t n, size_t *done)
{
    for (*done = 0; *done < n; (*done)++) {
        const json_t *o = json_array_get(events, *done);
        struct pal_log_event e;
        if (!pal_source_read(f, o, &e))
            return pal_fail(c, &pal_err_service_internal, "an event of %s cannot be read",
                            f->source);
        if (!pal_event_by_id(e.kind))
            continue; /* of a newer version of the source */
        enum pal_code code = pal_call_blame(c, f->spec->apply(c, &e, json_object_get(o, "body")));
        if (code != PAL_OK)
            return code;
    }
    return PAL_OK;
}

/* Ends the transaction of a batch whose last event is `last`. */
static enum pal_code move_and_commit(struct follower *f, const json_t *last, struct pal_error *err)
{
    struct pal_position to = pal_source_position(last);
    enum pal_code code = pal_position_move(f->db, f->source, to, err);
    if (code != PAL_OK) {
        pal_db_rollback(f->db);
        return code;
    }
    code = pal_db_commit(f->db, err);
    f->known = code == PAL_OK; /* otherwise the outcome is read from the database */
    if (code == PAL_OK) {
        f->at = to;
        f->failures = 0;
    }
    return code;
}

/* One transaction over events [0, n). *good: how many of them can be applied when not all could. */
static enum pal_code apply_batch(struct follower *f, const json_t *events, size_t n, size_t *good,
                                 struct pal_error *err)
{
    struct pal_call c;
    struct pal_call_private p;
    struct pal_call *calls = &c;
    *good = 0;
    pal_call_init(&c, &p, f->service, f->db, &f->arena, NULL);
    enum pal_code code = pal_db_begin(f->db, PAL_TX_WRITE, &c.err);
    if (code == PAL_OK)
        code = lock_position(f, &c.err);
    if (code == PAL_OK)
        code = apply_each(f, &c, events, n, good);
    if (code == PAL_OK) {
        code = move_and_commit(f, json_array_get(events, n - 1), &c.err);
        if (code == PAL_OK)
            pal_calls_publish(f->service, &calls, 1);
    } else {
        pal_db_rollback(f->db);
    }
    if (code == PAL_OK)
        pal_metric_add(f->applied, (int64_t)n);
    *err = c.err;
    return code;
}

/* ---- an event that cannot be applied ---- */

static enum pal_code bury(struct follower *f, const json_t *o, const struct pal_error *why,
                          struct pal_error *err)
{
    struct pal_log_event e;
    if (!pal_source_read(f, o, &e))
        return pal_error_set(err, &pal_err_service_internal, "an event of %s cannot be read",
                             f->source);
    enum pal_code code = pal_db_begin(f->db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = lock_position(f, err);
    if (code == PAL_OK)
        code = pal_dead_event_put(f->db, &f->arena, f->source, &e, why->detail, err);
    if (code != PAL_OK) {
        pal_db_rollback(f->db);
        return code;
    }
    return move_and_commit(f, o, err);
}

static bool may_pass(enum pal_code code)
{
    return code == PAL_UNAVAILABLE || code == PAL_TIMEOUT;
}

static void pause_for(struct follower *f, int ms)
{
    int64_t end = pal_mono_ms() + ms; /* events do not cut it short */
    for (int64_t left = ms; left > 0 && !atomic_load(&f->service->stopping);
         left = end - pal_mono_ms())
        pal_bus_wait_event(f->peer, &f->seen, (int)left);
}

/* The first event of the batch failed by itself: try a few times, then put it away. */
static void suffer(struct follower *f, const json_t *o, const struct pal_error *why)
{
    struct pal_error err = {0};
    if (++f->failures < POISON_TRIES) {
        pause_for(f, RETRY_MS);
        return;
    }
    enum pal_code code = bury(f, o, why, &err);
    if (code != PAL_OK) {
        pal_log_error(PAL_ERROR, "event cannot be put away", &err);
        pause_for(f, RETRY_MS);
        return;
    }
    pal_metric_add(f->dead, 1);
    pal_log(PAL_ERROR, "event skipped", PAL_LS("source", f->source),
            PAL_LI("id", pal_json_int(o, "id", 0)), PAL_LI("kind", pal_json_int(o, "kind", 0)),
            PAL_LS("code", why->def->name), PAL_LS("detail", why->detail));
}

static void apply_all(struct follower *f, const json_t *events)
{
    struct pal_error err = {0};
    size_t good = 0;
    enum pal_code code = apply_batch(f, events, json_array_size(events), &good, &err);
    if (code == PAL_OK)
        return;
    if (may_pass(code) || !f->known) {
        pal_log_error(f->known ? PAL_WARN : PAL_DEBUG, "events not applied", &err);
        if (f->known)
            pause_for(f, RETRY_MS);
        return;
    }
    if (good == 0) {
        suffer(f, json_array_get(events, 0), &err);
        return;
    }
    code =
        apply_batch(f, events, good, &good, &err); /* those before it; it comes first next time */
    if (code != PAL_OK)
        pal_log_error(PAL_WARN, "events not applied", &err);
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

static void turn(struct follower *f)
{
    struct pal_error err = {0};
    if (!f->known && read_position(f, &err) != PAL_OK) {
        pal_log_error(PAL_WARN, "position not read", &err);
        pause_for(f, IDLE_MS);
        return;
    }
    json_t *events = pal_source_fetch(f);
    if (json_array_size(events) > 0) {
        f->empties = 0;
        apply_all(f, events);
    } else {
        wait_for_more(f);
    }
    json_decref(events);
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
    char labels[48], purpose[32];
    f->service = s;
    f->spec = spec;
    f->source = pal_source_names[spec->source];
    f->peer = s->peers[spec->source];
    f->events = pal_source_command(spec->source);
    snprintf(purpose, sizeof purpose, "follows %s", f->source);
    snprintf(labels, sizeof labels, "source=\"%s\"", f->source);
    f->applied =
        pal_counter("palique_events_applied_total", labels, "Events of other services applied");
    f->dead = pal_counter("palique_events_dead_total", labels,
                          "Events put away because they cannot be applied");
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
