/* How far the followers of the own log are: they tell by the position after which they ask for
 * more. A worker can wait for that, so that what a client has just done is known everywhere when it
 * gets its answer. */
#include "service/call.h"

#include "base/clock.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CONSUMERS_MAX = 16, ALIVE_MS = 5000, EVENTS_LIMIT = 500 };

struct follower {
    char name[24];
    struct pal_position at;
    int64_t seen_ms;
};

struct pal_await {
    pthread_mutex_t lock; /* alone: no other lock is taken while it is held */
    pthread_cond_t moved;
    struct follower followers[CONSUMERS_MAX];
    size_t n;
};

struct pal_await *pal_await_new(void)
{
    struct pal_await *a = calloc(1, sizeof *a);
    pthread_condattr_t attr;
    if (!a || pthread_condattr_init(&attr) != 0) {
        free(a);
        return NULL;
    }
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->moved, &attr);
    pthread_condattr_destroy(&attr);
    return a;
}

void pal_await_free(struct pal_await *a)
{
    if (!a)
        return;
    pthread_cond_destroy(&a->moved);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

static struct follower *find(struct pal_await *a, struct pal_str name)
{
    for (size_t i = 0; i < a->n; i++)
        if (pal_str_eq(pal_str_of(a->followers[i].name), name))
            return &a->followers[i];
    return NULL;
}

static struct follower *find_or_add(struct pal_await *a, struct pal_str name)
{
    struct follower *f = find(a, name);
    if (f || a->n == CONSUMERS_MAX || name.n >= sizeof f->name)
        return f;
    f = &a->followers[a->n++];
    snprintf(f->name, sizeof f->name, "%.*s", (int)name.n, name.p);
    return f;
}

static bool before(struct pal_position a, struct pal_position b)
{
    return a.tx < b.tx || (a.tx == b.tx && a.id < b.id);
}

void pal_consumer_seen(const struct pal_service *s, struct pal_str consumer,
                       struct pal_position asked_after)
{
    struct pal_await *a = s->await;
    pthread_mutex_lock(&a->lock);
    struct follower *f = find_or_add(a, consumer);
    if (f) {
        if (before(
                f->at,
                asked_after)) /* of several replicas the furthest counts: they share one database */
            f->at = asked_after;
        f->seen_ms = pal_mono_ms();
        pthread_cond_broadcast(&a->moved);
    }
    pthread_mutex_unlock(&a->lock);
}

/* With the lock held. One that has not asked for long is not there: it is not waited for. */
static bool all_reached(struct pal_await *a, struct pal_str names, struct pal_position at)
{
    int64_t now = pal_mono_ms();
    while (names.p) {
        struct pal_str name;
        names = pal_str_cut(names, ',', &name);
        const struct follower *f = find(a, name);
        if (f && now - f->seen_ms < ALIVE_MS && before(f->at, at))
            return false;
    }
    return true;
}

void pal_await_reached(struct pal_await *a, const char *consumers, struct pal_position at,
                       int timeout_ms)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t ns = end.tv_nsec + (int64_t)(timeout_ms % 1000) * 1000000;
    end.tv_sec += timeout_ms / 1000 + ns / 1000000000;
    end.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&a->lock);
    while (!all_reached(a, pal_str_of(consumers), at))
        if (pthread_cond_timedwait(&a->moved, &a->lock, &end) != 0)
            break;
    pthread_mutex_unlock(&a->lock);
}

/* {NULL, 0}: bodies of all kinds. */
static bool read_bodies(struct pal_call *c, struct pal_log_query *q)
{
    const json_t *list = json_object_get(c->in, "bodies");
    size_t i;
    const json_t *kind;
    if (!json_is_array(list))
        return true;
    int64_t *kinds = pal_arena_alloc(c->arena, (json_array_size(list) + 1) * sizeof *kinds);
    json_array_foreach(list, i, kind) {
        if (kinds)
            kinds[i] = json_integer_value(kind);
    }
    q->bodies = kinds;
    q->n_bodies = i;
    return kinds;
}

enum pal_code pal_events_handler(struct pal_call *c)
{
    struct pal_log_query q = {.limit = (int)pal_json_int(c->in, "limit", EVENTS_LIMIT)};
    struct pal_str json;
    if (!pal_parse_u64(pal_json_str(c->in, "tx"), &q.after.tx))
        return pal_fail(c, &pal_err_request_invalid, "tx is a decimal number");
    q.after.id = (uint64_t)pal_json_int(c->in, "id", 0);
    pal_consumer_seen(c->service, pal_json_str(c->in, "consumer"), q.after);
    if (!read_bodies(c, &q))
        return pal_fail(c, &pal_err_service_internal, "no room for the request");
    enum pal_code code = pal_log_read(c->db, c->arena, &q, &json, &c->err);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}
