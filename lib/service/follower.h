/* Inside of lib/service: a durable consumer of another service's event log. */
#ifndef PAL_SERVICE_FOLLOWER_H
#define PAL_SERVICE_FOLLOWER_H

#include "service/call.h"

extern const char *const pal_source_names[PAL_OWNERS];

/* Of its own thread, but for what is set before that starts. */
struct follower {
    struct pal_service *service;
    const struct pal_consumer *spec;
    struct pal_bus_client *peer;      /* borrowed */
    const struct pal_command *events; /* the source's command that hands out its log */
    const char *source;
    pthread_t thread;
    bool running;
    /* the thread's own */
    struct pal_db *db;
    struct pal_arena arena;
    struct pal_position at;
    bool known;        /* `at` is what the database says */
    uint64_t seen;     /* of pal_bus_wait_event */
    unsigned empties;  /* wake-ups in a row that brought nothing */
    unsigned failures; /* of the event right after `at` */
    struct pal_metric *applied, *dead;
};

/* The command with which the source hands out its log; NULL: it has none. */
const struct pal_command *pal_source_command(enum pal_owner source);
/* The events after f->at as an array (new reference); NULL: not to be had now. */
json_t *pal_source_fetch(struct follower *f);
/* Reads one of them, the body into the arena. False: it is not an event, and the position cannot go
 * past it. */
bool pal_source_read(struct follower *f, const json_t *o, struct pal_log_event *e);
struct pal_position pal_source_position(const json_t *o);

#endif
