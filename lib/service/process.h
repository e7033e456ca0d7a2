/* Inside of lib/service: the running process. Nothing outside the folder includes this.
 * Who writes what: main's thread fills everything before it starts threads; afterwards only the
 * atomics, the queues and what has a mutex of its own change. */
#ifndef PAL_SERVICE_PROCESS_H
#define PAL_SERVICE_PROCESS_H

#include "base/map.h"
#include "base/metrics.h"
#include "base/queue.h"
#include "service/ops.h"
#include "service/service.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    PAL_COMMON_ITEMS_MAX = 24,
    PAL_WORKERS_MAX = 64, /* per lane */
    PAL_STACK_BYTES = 256 << 10,
    PAL_ARENA_MAX = 16 << 20,
    PAL_WRITER_ARENA_MAX = 64 << 20
};

enum pal_outcome { PAL_DONE, PAL_REFUSED, PAL_RETRYABLE, PAL_BROKEN, PAL_OUTCOMES };

struct pal_route_state {
    const struct pal_route *route;
    struct pal_metric *counts[PAL_OUTCOMES];
};

struct pal_lane_state {
    struct pal_service *service;
    enum pal_lane kind;
    struct pal_queue *queue; /* of struct pal_job, owned */
    pthread_t threads[PAL_WORKERS_MAX];
    size_t n;
    struct pal_metric *depth, *wait, *latency;
};

struct pal_service {
    const struct pal_service_spec *spec;
    char program[32]; /* "palique-chat" */
    void *settings;   /* the service's own struct; begins with struct pal_service_config */
    struct pal_config_item *items;
    size_t n_items;
    char names[PAL_COMMON_ITEMS_MAX][48];
    struct pal_map routes; /* command id -> struct pal_route_state */
    struct pal_route_state *route_states;
    struct pal_lane_state lanes[PAL_LANES];
    struct pal_bus_server *bus;
    struct pal_bus_client *peers[PAL_OWNERS]; /* for blocking calls; those followed subscribe */
    struct pal_keyset *keys;
    struct pal_await *await;
    struct pal_keeper *keeper;
    struct pal_front_thread *_Atomic front; /* set when workers are running already */
    struct pal_followers *followers;
    struct pal_ops *ops;
    void *data;
    int end_fd; /* eventfd: written to when the process shall end by itself */
    atomic_bool serving;
    atomic_bool database_up;
    atomic_bool stopping;
};

static inline const struct pal_service_config *pal_common(const struct pal_service *s)
{
    return s->settings;
}

/* settings.c: makes the table of configuration items; loads it. Problems go to standard error. */
bool pal_settings_prepare(struct pal_service *s);
bool pal_settings_load(struct pal_service *s);
void pal_settings_free(struct pal_service *s);

/* flags.c: true when the process has done its work with *exit_code, or must not go on. */
bool pal_flags_handle(struct pal_service *s, int argc, char **argv, int *exit_code);

/* run.c: everything up to the end of the process; its exit code. */
int pal_service_run(struct pal_service *s);

/* lanes.c: what somebody has just seen of the database. */
void pal_database_is(struct pal_service *s, bool up, const struct pal_error *why);

/* threads.c: a thread with a small stack and a name. */
bool pal_thread_start(pthread_t *t, const char *name, void *(*fn)(void *), void *arg) PAL_MUST_USE;

/* keeper.c: one thread for what happens every so often. */
bool pal_keeper_start(struct pal_service *s) PAL_MUST_USE;
void pal_keeper_stop(struct pal_service *s);
void pal_keeper_free(struct pal_service *s); /* when no job of it is in a lane any more */
/* This process has written something: there may be work for chores. Any thread. */
void pal_keeper_stir(struct pal_service *s);
/* Asks spec->look, on a worker. */
void pal_keeper_look(struct pal_service *s, struct pal_db *db);

/* keys.c: fetches auth's public keys. False: they could not be had. */
bool pal_keys_fetch(struct pal_service *s);

/* await.c */
struct pal_await *pal_await_new(void);
void pal_await_free(struct pal_await *a);
/* Waits until every one of the comma-separated consumers that is alive has asked for what comes
 * after `at`. */
void pal_await_reached(struct pal_await *a, const char *consumers, struct pal_position at,
                       int timeout_ms);

/* consumer.c: a thread per source. */
bool pal_followers_start(struct pal_service *s) PAL_MUST_USE;
void pal_followers_stop(struct pal_service *s);

/* front.c */
enum pal_code pal_front_thread_start(struct pal_service *s, struct pal_error *err) PAL_MUST_USE;
void pal_front_thread_drain(struct pal_service *s); /* waits, at most some seconds */
void pal_front_thread_stop(struct pal_service *s);
void pal_front_thread_publish(struct pal_service *s, const struct pal_frame *frames, size_t n);

/* health.c: asks an operations port. True: ready. */
bool pal_health_probe(const char *listen);

#endif
