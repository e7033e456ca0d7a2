/* One thread for what happens every so often: chores, looks whether there is work for them, and
 * database pings go to the lanes as jobs, the public keys are fetched here. */
#include "service/call.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <time.h>

enum {
    PING_MS = 2000,
    PING_DOWN_MS = 500,
    KEYS_MS = 10000,
    KEYS_MISSING_MS = 1000,
    EXPIRE_MS = 3600000
};
#define NEVER INT64_MAX

enum kind { PING, LOOK, CHORE };

struct task {
    enum kind kind;
    const struct pal_chore *chore;
    const struct pal_look *look; /* of the chore; NULL: it is done every period */
    enum pal_lane lane;
    int64_t due_ms, done_ms; /* when it is to be done, when it was last put into its lane */
    /* Of a chore that is looked after: when there is something to do, NEVER: nothing known.
     * Written by the worker that has looked, taken by the keeper. */
    atomic_int_least64_t wanted_ms;
    atomic_bool busy; /* its job is in a lane */
};

struct pal_keeper {
    struct pal_service *service;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock; /* of stop, keys_wanted and awake */
    pthread_cond_t wake;
    bool stop, keys_wanted, awake; /* awake: something has changed, look at the tasks again */
    atomic_bool stirred;           /* there is to be a look as soon as one may be */
    int64_t keys_due_ms;
    struct task *tasks; /* n_tasks; the first is the ping */
    size_t n_tasks;
};

static const struct pal_chore expire_idempotency = {"expire idempotency keys", EXPIRE_MS,
                                                    pal_idempotency_expire};

static bool uses_idempotency(const struct pal_service *s)
{
    for (size_t i = 0; i < s->spec->n_routes; i++)
        if (s->spec->routes[i].cmd->idempotent_key && s->spec->routes[i].tx == PAL_TX_WRITE)
            return true;
    return false;
}

static int64_t period(const struct pal_service *s, const struct task *t)
{
    if (t->kind == CHORE)
        return t->chore->period_ms;
    if (t->kind == LOOK)
        return PAL_LOOK_IDLE_MS;
    return atomic_load(&s->database_up) ? PING_MS : PING_DOWN_MS;
}

static void submit(struct pal_service *s, struct task *t)
{
    struct pal_lane_state *lane = &s->lanes[t->lane];
    if (atomic_exchange(&t->busy, true))
        return; /* the last one is still at it */
    struct pal_job *job = calloc(1, sizeof *job);
    if (!job) {
        atomic_store(&t->busy, false);
        return;
    }
    job->chore = t->chore;
    job->look = t->kind == LOOK;
    job->busy = &t->busy;
    pal_metric_add(lane->depth, 1);
    if (pal_queue_push(lane->queue, job))
        return;
    pal_metric_add(lane->depth, -1);
    pal_job_free(job);
}

/* When the task is to be done next, as far as is known now. */
static int64_t due(struct pal_keeper *k, struct task *t)
{
    bool stirred = t->kind == LOOK && atomic_load(&k->stirred);
    if (!t->look && !stirred)
        return t->due_ms;
    int64_t soonest = t->done_ms + (stirred ? PAL_LOOK_MS : period(k->service, t));
    int64_t wanted = stirred ? soonest : atomic_load(&t->wanted_ms);
    return wanted > soonest ? wanted : soonest;
}

/* After a chore that was wanted there is another look: there may be more to do. What is written
 * from now on wants a look after this one. */
static void begin(struct pal_keeper *k, struct task *t, int64_t now)
{
    if (t->look) {
        atomic_store(&t->wanted_ms, NEVER);
        atomic_store(&k->stirred, true);
    } else if (t->kind == LOOK) {
        atomic_store(&k->stirred, atomic_load(&t->busy)); /* the one at work may be too early */
    }
    t->done_ms = now;
    t->due_ms = now + period(k->service, t);
    if (t->kind == PING || atomic_load(&k->service->database_up))
        submit(k->service, t);
}

/* Puts what is due into the lanes. Returns when to look again. */
static int64_t submit_due(struct pal_keeper *k, int64_t now)
{
    int64_t next = now + PING_MS;
    for (size_t i = 0; i < k->n_tasks; i++) {
        struct task *t = &k->tasks[i];
        if (due(k, t) <= now)
            begin(k, t, now);
        int64_t at = due(k, t);
        if (at < next)
            next = at;
    }
    return next;
}

static int64_t fetch_keys(struct pal_keeper *k, int64_t now, bool wanted)
{
    if (!k->service->peers[PAL_OWNER_AUTH])
        return INT64_MAX;
    if (wanted || k->keys_due_ms <= now)
        k->keys_due_ms = pal_mono_ms() + (pal_keys_fetch(k->service) ? KEYS_MS : KEYS_MISSING_MS);
    return k->keys_due_ms;
}

static void sleep_until(struct pal_keeper *k, int64_t due_ms)
{
    struct timespec end = {.tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000};
    while (!k->stop && !k->keys_wanted && !k->awake)
        if (pthread_cond_timedwait(&k->wake, &k->lock, &end) != 0)
            break;
}

static void *keeper_thread(void *arg)
{
    struct pal_keeper *k = arg;
    pthread_mutex_lock(&k->lock);
    while (!k->stop) {
        bool wanted = k->keys_wanted;
        k->keys_wanted = k->awake = false;
        pthread_mutex_unlock(&k->lock);
        int64_t next = submit_due(k, pal_mono_ms());
        int64_t keys = fetch_keys(k, pal_mono_ms(), wanted);
        pthread_mutex_lock(&k->lock);
        sleep_until(k, keys < next ? keys : next);
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static void add_task(struct pal_keeper *k, enum kind kind, const struct pal_chore *chore,
                     enum pal_lane lane)
{
    struct task *t = &k->tasks[k->n_tasks++];
    t->kind = kind;
    t->chore = chore;
    for (size_t i = 0; chore && i < k->service->spec->n_looks; i++)
        if (k->service->spec->looks[i].fn == chore->fn)
            t->look = &k->service->spec->looks[i];
    atomic_init(&t->wanted_ms, NEVER);
    t->lane = lane;
    t->due_ms = pal_mono_ms() + period(k->service, t);
}

static bool keeper_init(struct pal_keeper *k, struct pal_service *s)
{
    pthread_condattr_t attr;
    k->service = s;
    atomic_init(&k->stirred, true); /* what the last process has left */
    k->tasks = calloc(s->spec->n_chores + s->spec->n_slow_chores + 3, sizeof *k->tasks);
    if (!k->tasks || pthread_condattr_init(&attr) != 0)
        return false;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&k->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&k->lock, NULL);
    add_task(k, PING, NULL, PAL_LANE_READ);
    /* Before the chores: one that is begun in the same turn asks for another look. */
    if (s->spec->look)
        add_task(k, LOOK, NULL, PAL_LANE_READ);
    for (size_t i = 0; i < s->spec->n_chores; i++)
        add_task(k, CHORE, &s->spec->chores[i], PAL_LANE_WRITE);
    for (size_t i = 0; i < s->spec->n_slow_chores; i++)
        add_task(k, CHORE, &s->spec->slow_chores[i], PAL_LANE_EXPENSIVE);
    if (uses_idempotency(s))
        add_task(k, CHORE, &expire_idempotency, PAL_LANE_WRITE);
    return true;
}

bool pal_keeper_start(struct pal_service *s)
{
    struct pal_keeper *k = calloc(1, sizeof *k);
    if (!k || !keeper_init(k, s)) {
        if (k)
            free(k->tasks);
        free(k);
        return false;
    }
    s->keeper = k;
    k->running = pal_thread_start(&k->thread, "keeper", keeper_thread, k);
    return k->running;
}

static void wake(struct pal_keeper *k, bool *what)
{
    pthread_mutex_lock(&k->lock);
    *what = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->lock);
}

void pal_keeper_stir(struct pal_service *s)
{
    struct pal_keeper *k = s->keeper;
    if (k && s->spec->look && !atomic_exchange(&k->stirred, true))
        wake(k, &k->awake);
}

/* A column that is null or missing: nothing known. Without an answer everything may be due. */
static int64_t wanted(const struct task *t, const struct pal_rows *answer, int64_t now)
{
    int column = t->look->column;
    if (!answer)
        return now;
    return pal_row_null(answer, 0, column) ? NEVER : now + pal_row_int(answer, 0, column);
}

void pal_keeper_look(struct pal_service *s, struct pal_db *db)
{
    struct pal_keeper *k = s->keeper;
    struct pal_error err = {0};
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, s->spec->look, NULL, &rows, &err);
    bool answered = code == PAL_OK && rows.n == 1;
    if (code != PAL_OK)
        pal_log_error(PAL_WARN, "no look for chores", &err);
    for (size_t i = 0; i < k->n_tasks; i++)
        if (k->tasks[i].look)
            atomic_store(&k->tasks[i].wanted_ms,
                         wanted(&k->tasks[i], answered ? &rows : NULL, pal_mono_ms()));
    wake(k, &k->awake);
}

void pal_keeper_stop(struct pal_service *s)
{
    struct pal_keeper *k = s->keeper;
    if (!k || !k->running)
        return;
    wake(k, &k->stop);
    if (s->peers[PAL_OWNER_AUTH])
        pal_bus_interrupt(s->peers[PAL_OWNER_AUTH]);
    pthread_join(k->thread, NULL);
    k->running = false;
}

void pal_keeper_free(struct pal_service *s)
{
    struct pal_keeper *k = s->keeper;
    s->keeper = NULL;
    if (!k)
        return;
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->lock);
    free(k->tasks);
    free(k);
}

void pal_service_refresh_keys(const struct pal_service *s)
{
    if (s->keeper)
        wake(s->keeper, &s->keeper->keys_wanted);
}
