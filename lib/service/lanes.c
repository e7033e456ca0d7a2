/* Lanes: a bounded queue each and the threads that work on it. A worker owns its database
 * connection, which is opened at its first use, and its arena. */
#include "service/call.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include <stdio.h>

static const char *const lane_names[PAL_LANES] = {"read", "write", "expensive", "writer"};

static bool prepare_lane(struct pal_service *s, enum pal_lane kind)
{
    struct pal_lane_state *lane = &s->lanes[kind];
    char labels[32];
    snprintf(labels, sizeof labels, "lane=\"%s\"", lane_names[kind]);
    lane->service = s;
    lane->kind = kind;
    lane->depth = pal_gauge("palique_lane_depth", labels, "Calls waiting in a lane");
    lane->latency =
        pal_histogram("palique_call_seconds", labels, "From the arrival of a call to its answer");
    lane->wait =
        pal_histogram("palique_lane_wait_seconds", labels,
                      "From the arrival of a call until a database connection was free for it");
    lane->queue = pal_queue_new(PAL_LANE_QUEUE_MAX);
    return lane->queue != NULL;
}

bool pal_lanes_prepare(struct pal_service *s)
{
    bool ok = true;
    (void)pal_calls_retried(); /* shown from the start, as 0 */
    for (unsigned i = 0; i < PAL_LANES; i++)
        ok = prepare_lane(s, (enum pal_lane)i) && ok;
    return ok;
}

void pal_lane_taken(struct pal_lane_state *lane)
{
    pal_metric_add(lane->depth, -1);
}

void pal_database_is(struct pal_service *s, bool up, const struct pal_error *why)
{
    if (atomic_exchange(&s->database_up, up) == up)
        return;
    pal_metric_set(pal_gauge("palique_database_up", NULL, "1: the database answers"), up);
    if (up)
        pal_log(PAL_INFO, "database is back");
    else
        pal_log_error(PAL_ERROR, "database lost", why);
}

static void ping(struct pal_service *s, struct pal_db *db)
{
    struct pal_error err = {0};
    pal_database_is(s, pal_db_ping(db, &err) == PAL_OK, &err);
}

static void run_chore(const struct pal_lane_state *lane, struct pal_db *db, struct pal_arena *arena,
                      const struct pal_chore *chore)
{
    struct pal_error err = {0};
    enum pal_tx tx = lane->kind == PAL_LANE_EXPENSIVE ? PAL_TX_NONE : PAL_TX_WRITE;
    enum pal_code code = pal_call_background(lane->service, db, arena, tx, chore->fn, &err);
    if (code != PAL_OK)
        pal_log(code == PAL_INTERNAL ? PAL_ERROR : PAL_WARN, "chore failed",
                PAL_LS("chore", chore->name), PAL_LS("code", err.def->name),
                PAL_LS("detail", err.detail));
}

static void work(struct pal_lane_state *lane, struct pal_db *db, struct pal_arena *arena,
                 struct pal_job *job)
{
    struct pal_service *s = lane->service;
    if (job->route)
        pal_metric_observe_us(lane->wait, pal_mono_us() - job->queued_us);
    if (job->route)
        pal_call_run(s, db, arena, job);
    else if (job->chore)
        run_chore(lane, db, arena, job->chore);
    else if (job->look)
        pal_keeper_look(s, db);
    else
        ping(s, db);
    if (job->route)
        pal_metric_observe_us(lane->latency, pal_mono_us() - job->queued_us);
    pal_job_free(job);
    pal_arena_reset(arena);
}

static void *worker_thread(void *arg)
{
    struct pal_lane_state *lane = arg;
    struct pal_error err = {0};
    struct pal_db *db = NULL;
    struct pal_arena arena;
    if (pal_service_db(lane->service, lane_names[lane->kind], &db, &err) != PAL_OK) {
        pal_log_error(PAL_ERROR, "worker cannot start", &err);
        return NULL;
    }
    if (lane->kind == PAL_LANE_READ && lane->service->spec->plan_once)
        pal_db_plan_once(db);
    pal_arena_init(&arena, PAL_ARENA_MAX);
    struct pal_job *job;
    while ((job = pal_queue_pop(lane->queue, -1))) {
        pal_lane_taken(lane);
        work(lane, db, &arena, job);
    }
    pal_arena_fini(&arena);
    pal_db_free(db);
    return NULL;
}

static bool start_lane(struct pal_service *s, enum pal_lane kind, size_t n, void *(*fn)(void *))
{
    struct pal_lane_state *lane = &s->lanes[kind];
    char name[32]; /* the kernel shows 15 characters */
    for (; lane->n < n; lane->n++) {
        snprintf(name, sizeof name, "%s %zu", lane_names[kind], lane->n);
        if (!pal_thread_start(&lane->threads[lane->n], name, fn, lane)) {
            pal_log(PAL_ERROR, "cannot start threads");
            return false;
        }
    }
    return true;
}

bool pal_lanes_start(struct pal_service *s)
{
    const int64_t *n = pal_common(s)->workers;
    return start_lane(s, PAL_LANE_READ, (size_t)n[PAL_LANE_READ], worker_thread) &&
           start_lane(s, PAL_LANE_WRITE, (size_t)n[PAL_LANE_WRITE], worker_thread) &&
           start_lane(s, PAL_LANE_EXPENSIVE, (size_t)n[PAL_LANE_EXPENSIVE], worker_thread) &&
           start_lane(s, PAL_LANE_WRITER, s->spec->writer ? 1 : 0, pal_writer_thread);
}

void pal_lanes_drain(struct pal_service *s)
{
    for (unsigned i = 0; i < PAL_LANES; i++)
        if (s->lanes[i].queue)
            pal_queue_close(s->lanes[i].queue);
    for (unsigned i = 0; i < PAL_LANES; i++) {
        for (size_t k = 0; k < s->lanes[i].n; k++)
            pthread_join(s->lanes[i].threads[k], NULL);
        s->lanes[i].n = 0;
    }
}

void pal_lanes_free(struct pal_service *s)
{
    for (unsigned i = 0; i < PAL_LANES; i++) {
        struct pal_job *job;
        while (s->lanes[i].queue && (job = pal_queue_pop(s->lanes[i].queue, 0)))
            pal_job_free(job); /* the start failed before there were workers */
        pal_queue_free(s->lanes[i].queue);
        s->lanes[i].queue = NULL;
    }
}
