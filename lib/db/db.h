/* PostgreSQL: one connection, statements prepared on first use, typed parameters and results.
 * A struct pal_db belongs to one thread. No other code but store/ folders includes this next to
 * SQL. */
#ifndef PAL_DB_DB_H
#define PAL_DB_DB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/code.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_db;

/* One SQL statement, defined directly above the only function that uses it; listed in the ELF
 * section pal_statements, so that --check-sql prepares them all. */
struct pal_statement {
    const char *name; /* the C identifier */
    const char *sql;
};
#define PAL_STATEMENT(ident, text)                            \
    static const struct pal_statement ident = {#ident, text}; \
    static const struct pal_statement *const ident##_listed   \
        __attribute__((section("pal_statements"), used, retain)) = &ident

/* url: libpq connection string or URI; all timeouts are set here. application: shown in
 * pg_stat_activity. Connects at the first use; a lost connection is opened again at the next
 * transaction. */
enum pal_code pal_db_new(const char *url, const char *application, struct pal_db **out,
                         struct pal_error *err) PAL_MUST_USE;
void pal_db_free(struct pal_db *db);
/* From the next connection on each statement has one plan, made once for any parameters, with index
 * look-ups: for services whose plans are tested so. PostgreSQL otherwise plans a statement with a
 * limit as a parameter at every call, since it thinks the general plan dear. */
void pal_db_plan_once(struct pal_db *db);
/* Which history of which cluster a server writes. When a standby takes over, it begins a timeline
 * of its own: what the old one has written since then does not exist there, and transaction ids are
 * given again. A timeline of 0: the server does not tell. */
struct pal_timeline {
    uint64_t cluster;
    int64_t timeline;
};
/* Of the server that the connection leads to; it asks nothing. */
struct pal_timeline pal_db_timeline(const struct pal_db *db);
/* Connects if need be and asks the server a trivial question. */
enum pal_code pal_db_ping(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

/* Transactions: the service skeleton's business (and the writer's). READ is READ ONLY. */
enum pal_tx { PAL_TX_NONE, PAL_TX_READ, PAL_TX_WRITE };
enum pal_code pal_db_begin(struct pal_db *db, enum pal_tx tx, struct pal_error *err) PAL_MUST_USE;
enum pal_code pal_db_commit(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;
void pal_db_rollback(struct pal_db *db);
/* The transaction that failed last was rolled back for a reason that is over (deadlock,
 * serialization failure, a plan that a migration has made void): it can be done again at once. */
bool pal_db_again(const struct pal_db *db);

/* Parameters: at most PAL_PARAMS_MAX, in order $1, $2, …; text is borrowed until the execution. */
enum { PAL_PARAMS_MAX = 24 };
struct pal_params {
    const char *values[PAL_PARAMS_MAX];
    int lengths[PAL_PARAMS_MAX];
    int formats[PAL_PARAMS_MAX];
    char numbers[PAL_PARAMS_MAX][24];
    int n;
    struct pal_arena *arena; /* for text that must be terminated and for arrays */
    bool failed;
};
void pal_params_init(struct pal_params *p, struct pal_arena *arena);
void pal_p_int(struct pal_params *p, int64_t v);
void pal_p_id(struct pal_params *p, uint64_t v); /* 0 becomes NULL */
void pal_p_bool(struct pal_params *p, bool v);
void pal_p_str(struct pal_params *p, struct pal_str s);          /* NULL pointer becomes NULL */
void pal_p_bytes(struct pal_params *p, const void *b, size_t n); /* bytea, binary */
void pal_p_uuid(struct pal_params *p, const uint8_t u[16]);
void pal_p_time(struct pal_params *p, int64_t unix_ms); /* timestamptz; 0 becomes NULL */
void pal_p_null(struct pal_params *p);
/* Arrays travel as PostgreSQL array literals built in the arena. */
void pal_p_ints(struct pal_params *p, const int64_t *v, size_t n);
void pal_p_strs(struct pal_params *p, const struct pal_str *v, size_t n);

/* Results: columns from 0; freed with pal_rows_free (or cleanup attribute). */
struct pal_rows {
    void *result; /* PGresult, owned */
    int n;        /* rows */
    int64_t affected;
};
/* Runs st. Constraint violations: PAL_CONFLICT with def pal_err_resource_conflict and the name in
 * err->detail (pal_db_constraint gives it too); serialization failure, deadlock, lost connection,
 * shutdown, disk full, read-only: PAL_UNAVAILABLE; statement time-out: PAL_TIMEOUT; else INTERNAL.
 */
enum pal_code pal_db_run(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_rows *out,
                         struct pal_error *err) PAL_MUST_USE;
/* The same for a statement whose rows do not matter; *affected may be NULL. */
enum pal_code pal_db_exec(struct pal_db *db, const struct pal_statement *st,
                          const struct pal_params *p, int64_t *affected,
                          struct pal_error *err) PAL_MUST_USE;
/* Sends a statement ahead of the next one that is run, in the same round trip, without its rows: if
 * it fails, so does the one behind it, with its error. At most three in a row. */
enum pal_code pal_db_ahead(struct pal_db *db, const struct pal_statement *st,
                           const struct pal_params *p, struct pal_error *err) PAL_MUST_USE;
/* Runs the last statement of a transaction and commits, in one round trip. The transaction is over
 * in any case: rolled back when the statement fails; when the connection is lost nobody knows. */
enum pal_code pal_db_run_commit(struct pal_db *db, const struct pal_statement *st,
                                const struct pal_params *p, struct pal_rows *out,
                                struct pal_error *err) PAL_MUST_USE;
const char *pal_db_constraint(const struct pal_db *db); /* of the last violation, "" otherwise */
void pal_rows_free(struct pal_rows *r);
#define PAL_ROWS __attribute__((cleanup(pal_rows_free))) struct pal_rows

bool pal_row_null(const struct pal_rows *r, int row, int col);
int64_t pal_row_int(const struct pal_rows *r, int row, int col); /* 0 for NULL */
bool pal_row_bool(const struct pal_rows *r, int row, int col);
struct pal_str pal_row_str(const struct pal_rows *r, int row, int col); /* borrowed from r */
bool pal_row_uuid(const struct pal_rows *r, int row, int col, uint8_t out[16]);
/* bytea column decoded into the arena. */
struct pal_str pal_row_bytes(const struct pal_rows *r, int row, int col, struct pal_arena *arena);

/* A terminated copy in the arena; "" for NULL and where there is no such row. */
enum pal_code pal_rows_text(const struct pal_rows *r, int row, int col, struct pal_arena *arena,
                            struct pal_str *out, struct pal_error *err) PAL_MUST_USE;
/* Runs st and copies the first column of its first row: for JSON that PostgreSQL has built. */
enum pal_code pal_db_text(struct pal_db *db, const struct pal_statement *st,
                          const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                          struct pal_error *err) PAL_MUST_USE;

/* Migrations: forward-only, embedded, in order of number, each in its own transaction under a lock;
 * name and SHA-256 are recorded in <schema>.migration and a changed file is an error. */
struct pal_migration {
    int number;
    const char *name;
    const char *sql;
};
enum pal_code pal_db_migrate(struct pal_db *db, const char *schema, const struct pal_migration *m,
                             size_t n, struct pal_error *err) PAL_MUST_USE;
/* Prepares every PAL_STATEMENT of the process; problems one a line. */
enum pal_code pal_db_check_statements(struct pal_db *db, struct pal_buf *problems) PAL_MUST_USE;

#endif
