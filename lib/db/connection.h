/* Inside of lib/db: the connection and what its files share. Nothing outside the folder includes
 * this. */
#ifndef PAL_DB_CONNECTION_H
#define PAL_DB_CONNECTION_H

#include "base/map.h"
#include "base/metrics.h"
#include "db/db.h"

#include <libpq-fe.h>

enum {
    PAL_DB_WAIT_MS = 12000, /* longer than statement_timeout: the server is given up */
    DB_STEPS_MAX = 12
};

/* Sent ahead of a statement, and not answered yet. */
struct db_step {
    const struct pal_statement
        *prepared; /* NULL: a BEGIN, or a statement whose rows are not wanted */
    uintptr_t number;
};

struct pal_db {
    PGconn *pg; /* NULL: not connected; always in pipeline mode */
    char *url;
    char *application;
    struct pal_map prepared; /* struct pal_statement * -> its number on this connection */
    uintptr_t n_prepared;
    struct db_step sent[DB_STEPS_MAX];
    size_t n_sent;
    struct pal_metric *commits; /* how long they take */
    enum pal_tx tx;             /* what the caller has opened */
    bool begun;                 /* BEGIN has been sent: it travels with the first statement */
    bool stale;                 /* drop the connection when the transaction is over */
    bool plan_once;             /* pal_db_plan_once */
    bool again;                 /* what failed last may go well when it is done again */
    int wait_ms;                /* how long an answer may take; -1: for ever (migrations) */
    char constraint[64];        /* of the last violation */
    struct pal_timeline timeline;
};

/* Connected and alive, or an error. */
enum pal_code pal_db_ready(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;
void pal_db_disconnect(struct pal_db *db);

/* The next result of what was sent; NULL when the server does not answer any more (disconnected
 * then). The caller clears it. */
PGresult *pal_db_take(struct pal_db *db);
/* Takes what is left up to the end of the pipeline. */
enum pal_code pal_db_settle(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;
/* One command without parameters; tag (may be NULL) gets the command tag. */
enum pal_code pal_db_command(struct pal_db *db, const char *sql, char tag[16],
                             struct pal_error *err) PAL_MUST_USE;
/* A script of several statements, outside of pipeline mode. */
enum pal_code pal_db_script(struct pal_db *db, const char *sql, struct pal_error *err) PAL_MUST_USE;

bool pal_db_result_ok(const PGresult *r);
/* Class and text of a failed result (NULL: the connection was lost); notes the constraint and
 * whether the connection is of no more use. */
enum pal_code pal_db_failed(struct pal_db *db, const PGresult *r, struct pal_error *err);

#endif
