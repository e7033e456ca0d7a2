/* Running statements: prepared on first use of the connection, sent together with the BEGIN and the
 * PREPARE that they still need, with those sent ahead, and with the COMMIT where that is known. */
#include "db/connection.h"

#include "base/clock.h"
#include "gen/catalogue.h"

#include <stdio.h>
#include <string.h>

static const char *begin_sql(enum pal_tx tx)
{
    /* One snapshot for all statements of a reading handler. */
    return tx == PAL_TX_READ ? "begin isolation level repeatable read read only" : "begin";
}

static uint64_t statement_key(const struct pal_statement *st)
{
    return (uint64_t)(uintptr_t)st;
}

static bool send_plain(struct pal_db *db, const char *sql)
{
    if (!PQsendQueryParams(db->pg, sql, 0, NULL, NULL, NULL, NULL, 0))
        return false;
    db->sent[db->n_sent++] = (struct db_step){0};
    return true;
}

/* Its number on this connection; 0: it cannot be sent. A statement that is new travels behind its
 * PREPARE. */
static uintptr_t send_prepare(struct pal_db *db, const struct pal_statement *st)
{
    char name[24];
    uintptr_t number = (uintptr_t)pal_map_get(&db->prepared, statement_key(st));
    if (number != 0)
        return number;
    number = ++db->n_prepared;
    snprintf(name, sizeof name, "s%zu", (size_t)number);
    if (!PQsendPrepare(db->pg, name, st->sql, 0, NULL))
        return 0;
    db->sent[db->n_sent++] = (struct db_step){.prepared = st, .number = number};
    return number;
}

static bool send_statement(struct pal_db *db, const struct pal_statement *st,
                           const struct pal_params *p)
{
    char name[24];
    if (db->tx != PAL_TX_NONE && !db->begun) {
        if (!send_plain(db, begin_sql(db->tx)))
            return false;
        db->begun = true;
    }
    uintptr_t number = send_prepare(db, st);
    snprintf(name, sizeof name, "s%zu", (size_t)number);
    return number != 0 && PQsendQueryPrepared(db->pg, name, p ? p->n : 0, p ? p->values : NULL,
                                              p ? p->lengths : NULL, p ? p->formats : NULL, 0);
}

/* Sends it without asking for the answers yet. */
static enum pal_code send_one(struct pal_db *db, const struct pal_statement *st,
                              const struct pal_params *p, struct pal_error *err)
{
    if (p && p->failed)
        return pal_error_set(err, &pal_err_service_internal, "%s: parameters do not fit", st->name);
    if (db->begun && !db->pg)
        return pal_error_set(err, &pal_err_service_unavailable, "database: connection lost");
    if (!db->begun) {
        enum pal_code code = pal_db_ready(db, err);
        if (code != PAL_OK)
            return code;
    }
    if (send_statement(db, st, p))
        return PAL_OK;
    pal_db_disconnect(db);
    return pal_db_failed(db, NULL, err);
}

static enum pal_code note_prepared(struct pal_db *db, const struct db_step *step,
                                   struct pal_error *err)
{
    if (pal_map_put(&db->prepared, statement_key(step->prepared), (void *)step->number))
        return PAL_OK;
    return pal_error_set(err, &pal_err_service_internal, "out of memory");
}

/* Takes the result of a step; a failed one is of no use to anybody. */
static enum pal_code take_result(struct pal_db *db, PGresult **out, struct pal_error *err)
{
    PGresult *r = pal_db_take(db);
    if (pal_db_result_ok(r)) {
        *out = r;
        return PAL_OK;
    }
    enum pal_code code = pal_db_failed(db, r, err);
    PQclear(r);
    return code;
}

/* The answers of what was sent before the statement itself, all of which must have gone well. */
static enum pal_code take_ahead(struct pal_db *db, struct pal_error *err)
{
    enum pal_code code = PAL_OK;
    for (size_t i = 0; code == PAL_OK && i < db->n_sent; i++) {
        PGresult *r = NULL;
        code = take_result(db, &r, err);
        PQclear(r);
        if (code == PAL_OK && db->sent[i].prepared)
            code = note_prepared(db, &db->sent[i], err);
    }
    db->n_sent = 0;
    return code;
}

/* COMMIT of a transaction that the server has given up answers ROLLBACK, without an error. */
static enum pal_code take_commit(struct pal_db *db, struct pal_error *err)
{
    PGresult *r = NULL;
    int64_t start = pal_mono_us(); /* the statement before it has just answered */
    enum pal_code code = take_result(db, &r, err);
    if (code == PAL_OK)
        pal_metric_observe_us(db->commits, pal_mono_us() - start);
    if (code == PAL_OK && strcmp(PQcmdStatus(r), "COMMIT") != 0)
        code = pal_error_set(err, &pal_err_service_internal,
                             "database: commit of a failed transaction");
    PQclear(r);
    return code;
}

/* Closes the pipeline behind what was sent and takes all answers up to there. */
static enum pal_code take_all(struct pal_db *db, bool commit, PGresult **out, struct pal_error *err)
{
    enum pal_code code = take_ahead(db, err);
    if (code == PAL_OK)
        code = take_result(db, out, err);
    if (code == PAL_OK && commit)
        code = take_commit(db, err);
    if (!db->pg)
        return code;
    enum pal_code settled = pal_db_settle(db, code == PAL_OK ? err : NULL);
    return code == PAL_OK ? settled : code;
}

static enum pal_code run(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, bool commit, PGresult **out,
                         struct pal_error *err)
{
    enum pal_code code = send_one(db, st, p, err);
    if (code != PAL_OK)
        return code;
    if ((commit && !PQsendQueryParams(db->pg, "commit", 0, NULL, NULL, NULL, NULL, 0)) ||
        !PQpipelineSync(db->pg)) {
        pal_db_disconnect(db);
        return pal_db_failed(db, NULL, err);
    }
    return take_all(db, commit, out, err);
}

enum pal_code pal_db_ahead(struct pal_db *db, const struct pal_statement *st,
                           const struct pal_params *p, struct pal_error *err)
{
    if (db->n_sent + 3 > DB_STEPS_MAX) /* BEGIN, PREPARE and the statement itself */
        return pal_error_set(err, &pal_err_service_internal, "%s: too much at once", st->name);
    enum pal_code code = send_one(db, st, p, err);
    if (code == PAL_OK)
        db->sent[db->n_sent++] = (struct db_step){0};
    return code;
}

static struct pal_rows rows_of(PGresult *r)
{
    int64_t affected = 0;
    if (!pal_parse_i64(pal_str_of(PQcmdTuples(r)), &affected))
        affected = 0;
    return (struct pal_rows){.result = r, .n = PQntuples(r), .affected = affected};
}

enum pal_code pal_db_run(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_rows *out, struct pal_error *err)
{
    PGresult *r = NULL;
    *out = (struct pal_rows){0};
    enum pal_code code = run(db, st, p, false, &r, err);
    if (code == PAL_OK)
        *out = rows_of(r);
    else
        PQclear(r);
    return code;
}

enum pal_code pal_db_run_commit(struct pal_db *db, const struct pal_statement *st,
                                const struct pal_params *p, struct pal_rows *out,
                                struct pal_error *err)
{
    PGresult *r = NULL;
    *out = (struct pal_rows){0};
    enum pal_code code = run(db, st, p, true, &r, err);
    if (code == PAL_OK) {
        *out = rows_of(r);
        db->tx = PAL_TX_NONE;
        db->begun = false;
        return PAL_OK;
    }
    PQclear(r);
    pal_db_rollback(db); /* the server may have ended it already: then this does nothing */
    return code;
}

enum pal_code pal_db_exec(struct pal_db *db, const struct pal_statement *st,
                          const struct pal_params *p, int64_t *affected, struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code == PAL_OK && affected)
        *affected = rows.affected;
    return code;
}
