/* What a handler sees: the call, the reply, events, and what it may ask of the process. */
#ifndef PAL_SERVICE_HANDLER_H
#define PAL_SERVICE_HANDLER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "bus/bus.h"
#include "db/db.h"
#include "db/log.h"
#include "gen/catalogue.h"
#include "proto/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_service; /* the running process; read-only for workers */

/* One command in progress. Belongs to the worker that runs it. */
struct pal_call {
    const struct pal_command *cmd;
    struct pal_caller caller; /* as the edge verified it */
    json_t *in;               /* validated request with defaults filled in; borrowed */
    struct pal_db *db;        /* inside the transaction that the route asked for; PAL_TX_NONE: each
                                 statement by itself */
    struct pal_arena *arena;  /* request memory */
    struct pal_error err;     /* what a failing handler fills in */
    int64_t now_ms;           /* wall clock at the start of the call */
    const struct pal_service *service;
    const uint8_t *idem;  /* 16 bytes of the idempotency key, or NULL */
    const uint8_t *trace; /* 16 bytes, for requests made on behalf of this one; NULL: background */
    /* set by the handler through the functions below */
    uint16_t status;     /* 0: what the catalogue's REST face says (200 over the bus) */
    struct pal_str body; /* reply, in the arena */
    struct pal_call_event *events;
    struct pal_call_private *priv;
};

/* The reply. JSON is taken (reference stolen, also on failure); text is JSON, copied into the
 * arena. Replies and events have at most PAL_FRAME_BODY_MAX bytes. */
enum pal_code pal_reply_json(struct pal_call *c, json_t *body) PAL_MUST_USE;
enum pal_code pal_reply_text(struct pal_call *c, struct pal_str body) PAL_MUST_USE;
enum pal_code pal_reply_empty(struct pal_call *c) PAL_MUST_USE; /* 204 */
/* Fails the call: sets c->err, returns its class; the transaction is rolled back. */
#define pal_fail(c, def, ...) pal_error_set(&(c)->err, (def), __VA_ARGS__)
/* Answers with c->err, which pal_fail has set, but commits and publishes what the handler has done:
 * a failure that was counted, a session that was ended. Return its value. */
enum pal_code pal_refuse(struct pal_call *c) PAL_MUST_USE;

/* The bytes of a field that the front has put into base64 (raw_request), in the arena. pointer:
 * "/image". More than max fails with too_large, what is no base64 with request.invalid. */
enum pal_code pal_take_bytes(struct pal_call *c, const char *pointer, size_t max,
                             const struct pal_err_def *too_large, struct pal_str *out) PAL_MUST_USE;

/* Publishes after the commit: to the bus only (chat's channel events, which are in its own log
 * already; ephemeral events). body is copied into the arena. */
enum pal_code pal_publish(struct pal_call *c, const struct pal_event *ev, uint64_t org,
                          uint64_t user, uint64_t channel, uint64_t seq,
                          struct pal_str body) PAL_MUST_USE;
/* Appends to the service's event log in this transaction and publishes after the commit. body is
 * taken, also on failure. */
enum pal_code pal_emit(struct pal_call *c, const struct pal_event *ev, uint64_t org, uint64_t user,
                       json_t *body) PAL_MUST_USE;
/* After the commit and before the reply, wait (at most timeout_ms, best effort) until the named
 * consumers have applied what this call emitted: "chat,notify". They tell by the position with
 * which they ask for more. */
void pal_await_consumers(struct pal_call *c, const char *consumers, int timeout_ms);

typedef enum pal_code pal_handler_fn(struct pal_call *c);

/* Events of the own log that a peer asks for go through this ready-made handler of
 * `<service>.events`. A service with a log of its own form calls pal_consumer_seen first, so that
 * pal_await_consumers works for it too. */
enum pal_code pal_events_handler(struct pal_call *c);
void pal_consumer_seen(const struct pal_service *s, struct pal_str consumer,
                       struct pal_position asked_after);

/* For handlers and hooks. */
const void *pal_service_settings(const struct pal_service *s); /* the own configuration struct */
void *pal_service_data(const struct pal_service *s);
void pal_service_set_data(struct pal_service *s, void *data); /* in start only */
struct pal_bus_client *pal_service_peer(const struct pal_service *s,
                                        enum pal_owner owner); /* blocking calls */
enum pal_code pal_service_db(const struct pal_service *s, const char *purpose, struct pal_db **out,
                             struct pal_error *err)
    PAL_MUST_USE; /* a further connection, e.g. in start */
void pal_service_refresh_keys(
    const struct pal_service *s); /* an unknown kid was seen: fetch them soon. Any thread */
struct pal_keyset *pal_service_keys(
    const struct pal_service *s); /* kept fresh from auth when peers has AUTH; else empty */

#endif
