/* Inside of lib/service: a durable consumer of another service's event log. */
#ifndef PAL_SERVICE_FOLLOWER_H
#define PAL_SERVICE_FOLLOWER_H

#include "service/call.h"

extern const char *const pal_source_names[PAL_OWNERS];

struct follower_metrics {
    struct pal_metric *applied, *dead, *lag_events, *lag_seconds, *batch, *duration;
};

/* Of its own thread, but for what is set before that starts. */
struct follower {
    struct pal_service *service;
    const struct pal_consumer *spec;
    struct pal_bus_client *peer;      /* borrowed */
    const struct pal_command *events; /* the source's command that hands out its log */
    const char *source;
    pthread_t thread;
    bool running;
    struct follower_metrics metrics;
    /* the thread's own */
    struct pal_db *db;
    struct pal_arena arena;
    struct pal_position at;
    /* where the batch in hand was read */
    struct pal_timeline read_on;
    bool known;        /* `at` is what the database says */
    uint64_t seen;     /* of pal_bus_wait_event */
    unsigned empties;  /* wake-ups in a row that brought nothing */
    unsigned failures; /* of the event right after `at` */
    size_t limit;      /* events to ask for: about what fitted last time, twice */
    bool old_source;   /* it is of a release that does not know of `bodies` */
};

/* What a source has given, in the follower's arena. */
struct pal_events {
    struct pal_log_event *all;
    size_t n;
    uint64_t head;     /* id of the source's newest event; 0: not told */
    int64_t oldest_ms; /* there are events, but all are kept back: when the first was made */
};

/* The command with which the source hands out its log; NULL: it has none. */
const struct pal_command *pal_source_command(enum pal_owner source);
/* The events after f->at. False: not to be had now; the reason is logged. */
bool pal_source_fetch(struct follower *f, struct pal_events *out) PAL_MUST_USE;

/* lag.c: metrics of a follower. */
void pal_lag_register(struct follower *f);
/* Events [done, n) of a batch are not applied yet. */
void pal_lag_tell(struct follower *f, const struct pal_events *events, size_t done);

#endif
