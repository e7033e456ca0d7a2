/* The event log of a service and the durable consumer of another service's log. One module for all.
 *
 * A log is a table <schema>.event (id bigint identity, tx xid8 default pg_current_xact_id(), kind
 * int, org_id, user_id, channel_id, seq, body jsonb-as-text, created_at). Commit order is not id
 * order: a position is (tx, id), and only rows with tx < pg_snapshot_xmin(pg_current_snapshot())
 * are handed out, in the order (tx, id). The statements are in the owning service's schema by
 * search_path, so the module names no schema. */
#ifndef PAL_DB_LOG_H
#define PAL_DB_LOG_H

#include "db/db.h"

#include <stdint.h>

struct pal_position {
    uint64_t tx;
    uint64_t id;
};

struct pal_log_event {
    uint16_t kind; /* catalogue id of the event */
    uint64_t org, user, channel, seq;
    struct pal_str body;    /* JSON object; {NULL, 0}: was not asked for */
    struct pal_position at; /* set when read */
    int64_t created_ms;     /* wall clock; set when read */
};

/* Appends in the caller's transaction. *at gets the position. For auth, notify and admin; chat
 * appends its own. */
enum pal_code pal_log_append(struct pal_db *db, struct pal_arena *arena,
                             const struct pal_log_event *e, struct pal_position *at,
                             struct pal_error *err) PAL_MUST_USE;

/* What a consumer asks for. */
struct pal_log_query {
    struct pal_position after;
    int limit;             /* rows at most; fewer when they would not fit into a frame */
    const int64_t *bodies; /* kinds whose bodies are wanted; NULL: of all */
    size_t n_bodies;
};
/* JSON reply of the `<service>.events` command:
 * {"events":[{"tx":"…","id":…,"kind":…,"org":…,"user":…,"channel":…,"seq":…,"at":…,"body":{…}}…],
 * "head":…,"oldest_at":…,"cluster":"…","timeline":…}: `at` in ms since 1970; `head` is the id of
 * the newest event. When there are events but all are kept back, `oldest_at` is when the first of
 * them was made, else 0. `cluster` and `timeline` say where they were read, and are left out when
 * the server does not tell. */
enum pal_code pal_log_read(struct pal_db *db, struct pal_arena *arena,
                           const struct pal_log_query *query, struct pal_str *json,
                           struct pal_error *err) PAL_MUST_USE;

/* Removes rows older than keep_ms. */
enum pal_code pal_log_expire(struct pal_db *db, int64_t keep_ms,
                             struct pal_error *err) PAL_MUST_USE;

/* The consumer's position in its own schema: table consumer_position (source text primary key, tx,
 * id). Made when it is not there. */
enum pal_code pal_position_read(struct pal_db *db, const char *source, struct pal_position *at,
                                struct pal_error *err) PAL_MUST_USE;
struct pal_move {
    struct pal_position from, to;
    struct pal_timeline read_on; /* where the events up to `to` were read; all 0: not told */
};
/* The first statement of a batch: locks the position and moves it, so that of several replicas one
 * applies a batch. *moved is false when it was not at `from` any more. Unavailable when the events
 * are of another timeline of this cluster: they may exist there only, and new ones can get the same
 * transaction ids here. */
enum pal_code pal_position_move(struct pal_db *db, const char *source, const struct pal_move *move,
                                bool *moved, struct pal_error *err) PAL_MUST_USE;

/* SQL that a service's first migration includes for the tables above:
 * lib/db/sql/event_log.sql, consumer_position.sql, idempotency.sql (copied in by the migration
 * embedder). */

#endif
