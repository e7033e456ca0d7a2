/* The bus: framed requests, replies and events over nng byte streams (ipc, tls+tcp).
 * One connection per pair of processes carries everything: requests one way, replies and events the
 * other, so that a reply and the events of the same commit arrive in the order in which they were
 * sent. nng's own threads and callbacks carry no logic; nothing outside lib/bus includes nng.
 *
 * Addresses: "ipc:///path" or "tls+tcp://host:port"; "tcp://" only when
 * pal_bus_security.allow_plain says so. A client address list is separated by commas; a host name
 * is resolved to all its addresses, again at each reconnect round, so a headless Kubernetes service
 * reaches every replica. */
#ifndef PAL_BUS_BUS_H
#define PAL_BUS_BUS_H

#include "base/arena.h"
#include "base/blob.h"
#include "base/code.h"
#include "base/error.h"
#include "proto/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once per process, before threads start: starts nng with signals blocked and small stacks. */
void pal_bus_init(void);

struct pal_bus_security {
    const char *ca_file, *cert_key_file; /* PEM; mutual TLS for tls+tcp */
    bool allow_plain;                    /* tcp:// without TLS, said out loud in configuration */
};

/* ---- server: a service that owns commands -------------------------------------------------- */

struct pal_bus_server;
struct pal_bus_peer; /* one accepted connection, reference counted; replies hold a reference */

struct pal_bus_server_config {
    const char *address;
    struct pal_bus_security security;
    const char *name; /* "chat": told in HELLO */
    /* A request has arrived. Runs on the connection's reader thread: hand it over, do not work.
     * frame->body points into `blob`; keep a reference to the blob for as long as it is read. */
    void (*on_request)(void *ctx, struct pal_bus_peer *peer, const struct pal_frame *frame,
                       struct pal_blob *blob);
    void *ctx;
    int heartbeat_ms; /* to subscribers; 0: 1000 */
};

/* Listens. ipc: the folder must be 0700 of this user, the socket becomes 0600, peers of another uid
 * are refused. *out is set before the first request comes; NULL on failure. */
enum pal_code pal_bus_server_start(const struct pal_bus_server_config *config,
                                   struct pal_bus_server **out, struct pal_error *err) PAL_MUST_USE;
/* No new connections or requests (503); tells the peers, which close when they have their answers.
 * Waits for that, at most timeout_ms: replies may still be sent meanwhile. */
void pal_bus_server_drain(struct pal_bus_server *s, int timeout_ms);
void pal_bus_server_free(struct pal_bus_server *s); /* joins its threads; NULL allowed */

struct pal_bus_peer *pal_bus_peer_ref(struct pal_bus_peer *p);
void pal_bus_peer_unref(struct pal_bus_peer *p);
/* Queues bytes that are whole encoded frames (replies) for the peer; drops them when it is gone.
 * Any thread. */
void pal_bus_peer_send(struct pal_bus_peer *p, struct pal_blob *frames);

/* Publishes events to every subscriber, in order of the calls: sets each frame's stream sequence
 * (request_id), encodes all once and shares the bytes. A subscriber whose queue is full loses them
 * and sees the gap. Any thread. */
void pal_bus_publish(struct pal_bus_server *s, struct pal_frame *events, size_t n);

/* ---- client: whoever calls a service or follows its events --------------------------------- */

struct pal_bus_client;

/* What a subscriber is told about the stream of one replica. */
enum pal_bus_note {
    PAL_BUS_UP, /* connected: whatever was published before is not coming */
    PAL_BUS_DOWN,
    PAL_BUS_GAP /* events were lost between peer and us */
};

struct pal_bus_client_config {
    const char *addresses;
    struct pal_bus_security security;
    const char *name;    /* of this process, told in HELLO */
    const char *service; /* "chat": what the peer's HELLO must say, else it is refused */
    bool subscribe;
    /* With subscribe: no events, only to be woken by pal_bus_wait_event. What is published while
     * nobody waits costs nothing. */
    bool wake_only;
    /* Called on lib/bus threads, under its locks, when the inbox is no longer empty: writes an
     * eventfd or posts to a loop, never calls the bus. NULL: no inbox, events only bump the
     * counter. */
    void (*wake)(void *ctx);
    void *ctx;
    /* A watchdog found the endpoint reachable by a plain connect but not through nng for this long
     * (default 10 s): the process should drain and exit for its supervisor. Called once. */
    void (*wedged)(void *ctx);
    int watchdog_ms;
};

/* *out is set before the first wake; NULL on failure. */
enum pal_code pal_bus_client_start(const struct pal_bus_client_config *config,
                                   struct pal_bus_client **out, struct pal_error *err) PAL_MUST_USE;
void pal_bus_client_free(struct pal_bus_client *c); /* fails what is pending, joins; NULL allowed */
/* At least one replica is connected. Any thread. */
bool pal_bus_client_ready(const struct pal_bus_client *c);

/* Sends a request and returns at once; the answer comes through pal_bus_dispatch on the owner's
 * thread, exactly once: a reply, or code UNAVAILABLE (connection lost: the request may or may not
 * have run; or none, for longer than 2 s: a request waits that long for a service to come back),
 * TIMEOUT (f->deadline_ms passed, or 30 s) or TOO_LARGE. `key` picks the replica (same key, same
 * replica while it lives); 0: round robin. f->request_id is set here. Requests of one turn leave
 * together (pal_bus_flush). The reply is borrowed for the callback. */
typedef void pal_bus_reply_fn(void *arg, enum pal_code code, const struct pal_frame *reply);
void pal_bus_request(struct pal_bus_client *c, uint64_t key, struct pal_frame *f,
                     pal_bus_reply_fn *fn, void *arg);
void pal_bus_flush(struct pal_bus_client *c);

/* Delivers what is in the inbox: replies to their callbacks, events and notes to these. `replica`
 * numbers the connection. Event frames are borrowed; take a reference to `blob` to keep their
 * bytes. Owner's thread. */
struct pal_bus_handlers {
    void (*event)(void *ctx, const struct pal_frame *event, struct pal_blob *blob);
    void (*note)(void *ctx, enum pal_bus_note note, unsigned replica);
    void *ctx;
};
void pal_bus_dispatch(struct pal_bus_client *c, const struct pal_bus_handlers *h);

/* Blocking call for worker threads; any number at once. OK: there is a reply, whatever its status;
 * its body is copied into the arena. */
enum pal_code pal_bus_call(struct pal_bus_client *c, uint64_t key, struct pal_frame *request,
                           struct pal_arena *arena, struct pal_frame *reply,
                           struct pal_error *err) PAL_MUST_USE;

/* Blocks until an event or a note has come since *seen (a counter that starts at 0 and is moved),
 * or timeout_ms; for durable consumers that only need waking. True: something came. */
bool pal_bus_wait_event(struct pal_bus_client *c, uint64_t *seen, int timeout_ms);
/* Lets time pass, events or not. */
void pal_bus_pause(struct pal_bus_client *c, int ms);
void pal_bus_interrupt(struct pal_bus_client *c); /* ends waits and pauses for good. Any thread */

#endif
