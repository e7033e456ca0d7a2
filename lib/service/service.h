/* The skeleton of a service that owns commands: flags, configuration, log, database, bus,
 * operations port, lanes of workers, consumers, drain. main.c of a service is a struct
 * pal_service_spec and one call.
 *
 * Life of a call: bus reader thread -> lane queue -> worker: validate against the catalogue, look
 * up the idempotency key, BEGIN, handler, COMMIT, reply, publish events, reset the arena. */
#ifndef PAL_SERVICE_SERVICE_H
#define PAL_SERVICE_SERVICE_H

#include "base/config.h"
#include "service/handler.h"

struct pal_route {
    const struct pal_command *cmd; /* &pal_cmd_message_create */
    pal_handler_fn *fn;
    enum pal_tx tx;
};

/* A batch of calls of the WRITER lane, answered together after one transaction that fn itself runs
 * (BEGIN and COMMIT included). Each call is finished by a reply set on it or by c->err. */
typedef void pal_writer_fn(struct pal_db *db, struct pal_arena *arena, struct pal_call **calls,
                           size_t n);

/* Follows the event log of another service: fetches batches by its events command, applies them
 * inside one transaction that also moves the position. Either `apply`, for logs in which little
 * happens, or `batch`. */
struct pal_consumer {
    enum pal_owner source;
    /* Applies one event; unknown kinds are ignored by the caller of this. May publish through the
     * call `c` (c->cmd is NULL, c->caller is zero). */
    enum pal_code (*apply)(struct pal_call *c, const struct pal_log_event *e, json_t *body);
    /* Applies n > 0 events, in their order or so that no one can tell; bodies are JSON of the
     * suite's own making (base/walk.h). When it fails it is tried again with fewer, so that one bad
     * event is found. */
    enum pal_code (*batch)(struct pal_call *c, const struct pal_log_event *events, size_t n);
    const uint16_t *bodies; /* kinds whose bodies are needed; NULL: of all */
    size_t n_bodies;
    /* Under load the source is asked no oftener than this, so that batches are large; an event that
     * comes alone is applied at once. 0: always at once, for logs whose events are awaited. */
    int spacing_ms;
};

enum { PAL_LOOK_MS = 200, PAL_LOOK_IDLE_MS = 1000 };

/* Work done every period in the background by a worker of the WRITE lane, in a transaction: expiry,
 * roll-ups. One that is looked after (struct pal_look) is done when there is
 * something to do, at most every period. */
struct pal_chore {
    const char *name;
    int64_t period_ms;
    pal_handler_fn *fn; /* c->cmd is NULL */
};

/* A chore that is done when there is something to do: by fn, and its column of spec->look. */
struct pal_look {
    pal_handler_fn *fn;
    int column; /* the first is 0 */
};

/* Common configuration, first member of every service's own struct. */
struct pal_service_config {
    char *listen; /* PALIQUE_<NAME>_BUS: bus address to listen on */
    char *
        listen_here; /* PALIQUE_<NAME>_BUS_LISTEN: where it differs from what the others dial; "" */
    char *database;  /* PALIQUE_<NAME>_DATABASE_URL */
    char *ops;       /* PALIQUE_<NAME>_OPS: operations listener, "unix:/path" or "host:port" */
    char *log_level; /* PALIQUE_LOG_LEVEL */
    char *peer[PAL_OWNERS]; /* PALIQUE_AUTH_BUS … as a client; NULL when not in spec->peers */
    char *tls_ca, *tls_cert_key; /* PALIQUE_BUS_TLS_CA, PALIQUE_BUS_TLS_CERT_KEY */
    bool allow_plain;            /* PALIQUE_BUS_ALLOW_PLAIN */
    int64_t workers[PAL_LANES];  /* threads per lane: READ, WRITE, EXPENSIVE; WRITER is one */
};

struct pal_service_spec {
    enum pal_owner owner;
    const char *name;   /* "chat" */
    const char *schema; /* "chat" */
    const struct pal_route
        *routes; /* every command of the owner must be here, else the start fails */
    size_t n_routes;
    pal_writer_fn *writer; /* NULL: no such lane */
    const struct pal_consumer *consumers;
    size_t n_consumers;
    const struct pal_chore *chores;
    size_t n_chores;
    /* The same, done by a worker of the EXPENSIVE lane without a transaction, for what waits for
     * others (a picture, a page of somebody's server): fn begins and commits its own. */
    const struct pal_chore *slow_chores;
    size_t n_slow_chores;
    /* One read for all chores that are looked after: no parameters, one row, for each in how many
     * ms there is something to do, null where nothing is known yet. It is asked after what this
     * process has written, at most every PAL_LOOK_MS, and every PAL_LOOK_IDLE_MS for what others
     * have. */
    const struct pal_statement *look;
    const struct pal_look *looks;
    size_t n_looks;
    /* What the organisation's user $1 is by what this service knows, as a text; no row: not known.
     * A token is up to a quarter of an hour old: its role counts as far as this one does. NULL:
     * the token's alone. The WRITER lane looks by itself. */
    const struct pal_statement *role;
    bool plan_once; /* in the READ lane: pal_db_plan_once */
    const struct pal_migration *migrations;
    size_t n_migrations;
    unsigned peers; /* bits 1 << owner: services called or followed */
    size_t
        config_size; /* sizeof of the own struct, whose first member is struct pal_service_config */
    const struct pal_config_item *config; /* own items, offsets within the own struct */
    size_t n_config;
    /* After database and bus are up, before calls are taken; for keys and caches. NULL allowed.
     * Called again when it fails because the database is away. */
    enum pal_code (*start)(struct pal_service *s, struct pal_error *err);
    /* Before the process ends, after the lanes have drained. */
    void (*stop)(struct pal_service *s);
    /* Services with HTTP of their own (notify, admin): runs on its own thread until *told* to stop.
     */
    const struct pal_service_front *front;
    /* Further command line flags, e.g. --rotate-keys: runs with the database open and exits. */
    const struct pal_service_flag *flags;
    size_t n_flags;
};

struct pal_service_flag {
    const char *flag; /* "--rotate-keys" */
    const char *help;
    enum pal_code (*fn)(struct pal_service *s, struct pal_db *db, const char *argument,
                        struct pal_error *err);
};

/* A front thread: its loop is made by the skeleton; `setup` starts fronts and streams on it. */
struct pal_loop;
struct pal_service_front {
    enum pal_code (*setup)(struct pal_service *s, struct pal_loop *loop, void **state,
                           struct pal_error *err);
    void (*drain)(void *state); /* stop accepting, close streams; on the loop's thread */
    bool (*drained)(void *state);
    void (*teardown)(void *state);
    /* An own event was published (after commit): hand it to streams. On the loop's thread; frame is
     * borrowed. */
    void (*published)(void *state, const struct pal_frame *event);
    /* An event of one of these peers has come. On the loop's thread; frame is borrowed. */
    unsigned peers; /* mask of 1 << owner */
    void (*peer_event)(void *state, const struct pal_frame *event);
};

/* The client of a peer of hooks->peers whose answers come on the front's loop (pal_bus_request);
 * the loop's thread only. NULL: not yet, or not any more. */
struct pal_bus_client *pal_service_front_peer(const struct pal_service *s, enum pal_owner owner);

/* Submits a request to the own lanes, as if it had come over the bus; done runs on `loop`'s thread,
 * exactly once. The reply frame is borrowed for the callback. Any thread. */
typedef void pal_local_fn(void *arg, const struct pal_frame *reply);
void pal_service_submit(struct pal_service *s, const struct pal_frame *request,
                        struct pal_loop *loop, pal_local_fn *done, void *arg);

int pal_service_main(int argc, char **argv, const struct pal_service_spec *spec);

#endif
