/* Inside of the bus client. Lock order: client.lock, then inbox.lock or link.lock. */
#ifndef PAL_BUS_CLIENT_H
#define PAL_BUS_CLIENT_H

#include "base/buf.h"
#include "base/map.h"
#include "bus/address.h"
#include "bus/bus.h"
#include "bus/inbox.h"
#include "bus/link.h"
#include "bus/pending.h"
#include "bus/watchdog.h"

enum {
    BUS_REPLICAS_MAX = 64,
    BUS_PENDING_MAX = 65536,  /* requests without an answer; more are UNAVAILABLE at once */
    BUS_GRACE_MS = 2000,      /* how long requests wait for a service that was there */
    BUS_REQUEST_MS = 30000,   /* when the frame has no deadline */
    BUS_TURN_KEEP = 64 << 10, /* bytes that a turn's buffer keeps between turns */
    BUS_WEDGED_MS = 2000,     /* how long a wedged client waits for its threads */
    BUS_RESOLVE_MS = 5000     /* how often names are looked up again */
};

enum bus_state { BUS_DOWN, BUS_DIALING, BUS_GREETING, BUS_UP };

/* One entry of the configured list. */
struct bus_target {
    struct bus_address address;
    nng_tls_config *tls; /* expects the certificate of this name */
    bool literal;        /* nothing to look up */
};

/* One address of one service process. Its thread dials, and reads while it is connected. */
struct bus_replica {
    struct pal_bus_client *client;
    const struct bus_target *target; /* the configured address that it was found under */
    struct bus_address address;      /* literal */
    unsigned number;                 /* never re-used */
    pthread_t thread;
    pthread_t writer;

    enum bus_state
        state;        /* client.lock: up to the next empty line. Moved by bus_replica_state only */
    int64_t state_ms; /* since when */
    nng_stream_dialer *dialer; /* while DIALING */
    struct bus_link link;      /* from GREETING on, until DOWN */
    bool leaving;              /* said farewell: no new requests, closed after the last answer */
    bool retired;              /* its name no longer has this address: not dialed again */
    bool ended;                /* the thread is about to return */
    size_t n_pending;          /* requests without an answer on this connection */
    unsigned connection;       /* counts connections that were UP */
    unsigned progress;         /* counts what proves that nng works: for the watchdog */
    int64_t beat_ms;           /* when the last heartbeat was queued */
    uint64_t told;             /* wake_only: where the stream stood when somebody was woken */
    bool armed;                /* wake_only: the peer knows that it is to wake us */
    uint64_t stream;           /* reader: last sequence seen of the peer's events */
    bool met;                  /* reader: HELLO has come */

    struct pal_buf turn;      /* owner: requests of this turn */
    unsigned turn_connection; /* owner: the connection that they are for */

    struct bus_watchdog watchdog; /* ticker */
    int64_t probe_ms; /* of the last probe; the first comes this long after UP or start */
};

struct pal_bus_client {
    char service[32], name[64];
    struct pal_bus_client_config config; /* its strings are not used after start */
    struct bus_stats stats;
    struct bus_inbox inbox;
    struct bus_target targets[BUS_TARGETS_MAX];
    size_t n_targets;
    pthread_t ticker, scout;
    bool has_ticker, has_scout;

    pthread_mutex_t lock;
    pthread_cond_t
        cond; /* a state has changed, a deadline has come nearer, a scout is wanted, or stopping */
    struct bus_replica *replicas[BUS_REPLICAS_MAX];
    size_t n_replicas;
    unsigned next_number;
    unsigned turn;          /* round robin */
    struct pal_map pending; /* request id -> struct bus_pending, owned */
    uint64_t next_id;
    int64_t next_expiry; /* not later than the nearest deadline */
    struct pal_metric *peers;
    int64_t without_ms; /* since when no replica takes requests; INT64_MAX: one does */
    struct bus_parked *parked, *parked_last; /* in the order in which they came */
    size_t n_parked, parked_bytes;
    size_t n_calls; /* threads inside pal_bus_call */
    bool scout_wanted;
    bool wedged;
    bool stopping;
};

/* replicas.c */
bool bus_replica_add(struct pal_bus_client *c, const struct bus_target *t,
                     const struct bus_address *a); /* lock held */
struct bus_replica *bus_replica_choose(struct pal_bus_client *c,
                                       uint64_t key);                /* lock held; NULL: none */
void bus_replica_state(struct bus_replica *r, enum bus_state state); /* lock held */
/* After a change of who takes requests. lock held */
void bus_replica_count(struct pal_bus_client *c);
void bus_replica_free(struct bus_replica *r); /* its thread is joined */
void *bus_scout_loop(void *client);

/* dial.c: the replica's thread. */
void *bus_replica_loop(void *replica);

/* park.c: requests that wait for a replica. lock held */
int64_t bus_grace_until(const struct pal_bus_client *c, int64_t deadline_ms);
/* False: not worth waiting, or too many wait. Copies the frame. */
bool bus_park(struct pal_bus_client *c, const struct pal_frame *f, pal_bus_reply_fn *fn, void *arg);
void bus_parked_send(struct pal_bus_client *c, struct bus_replica *r);
void bus_parked_expire(struct pal_bus_client *c, int64_t now_ms); /* lowers next_expiry */
void bus_parked_fail(struct pal_bus_client *c);

/* connection.c: what the peer says. Runs on the replica's thread. */
bool bus_replica_message(void *replica, struct pal_blob *message);

/* tick.c */
void *bus_tick_loop(void *client);

#endif
