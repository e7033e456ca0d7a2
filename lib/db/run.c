/* Running a statement: prepared on first use of the connection, sent together with the BEGIN and
 * the PREPARE that it still needs. */
#include "db/connection.h"

#include "gen/catalogue.h"

#include <stdio.h>

static const char *begin_sql(enum pal_tx tx)
{
    /* One snapshot for all statements of a reading handler. */
    return tx == PAL_TX_READ ? "begin isolation level repeatable read read only" : "begin";
}

static uint64_t statement_key(const struct pal_statement *st)
{
    return (uint64_t)(uintptr_t)st;
}

/* What is on its way to the server besides the statement itself. */
struct sent {
    bool begin;
    bool prepare;
    char name[24]; /* of the prepared statement on this connection */
};

static bool send_all(struct pal_db *db, const struct pal_statement *st, const struct pal_params *p,
                     struct sent *s)
{
    uintptr_t number = (uintptr_t)pal_map_get(&db->prepared, statement_key(st));
    s->begin = db->tx != PAL_TX_NONE && !db->begun;
    s->prepare = number == 0;
    snprintf(s->name, sizeof s->name, "s%zu", (size_t)(number ? number : db->n_prepared + 1));
    if (s->begin && !PQsendQueryParams(db->pg, begin_sql(db->tx), 0, NULL, NULL, NULL, NULL, 0))
        return false;
    db->begun = db->begun || s->begin;
    if (s->prepare && !PQsendPrepare(db->pg, s->name, st->sql, 0, NULL))
        return false;
    return PQsendQueryPrepared(db->pg, s->name, p ? p->n : 0, p ? p->values : NULL,
                               p ? p->lengths : NULL, p ? p->formats : NULL, 0) &&
           PQpipelineSync(db->pg);
}

/* Takes the result of a step that must just succeed. */
static enum pal_code take_ok(struct pal_db *db, struct pal_error *err)
{
    PGresult *r = pal_db_take(db);
    enum pal_code code = pal_db_result_ok(r) ? PAL_OK : pal_db_failed(db, r, err);
    PQclear(r);
    return code;
}

static enum pal_code note_prepared(struct pal_db *db, const struct pal_statement *st,
                                   struct pal_error *err)
{
    db->n_prepared++;
    if (pal_map_put(&db->prepared, statement_key(st), (void *)db->n_prepared))
        return PAL_OK;
    return pal_error_set(err, &pal_err_service_internal, "out of memory");
}

static enum pal_code take_all(struct pal_db *db, const struct pal_statement *st,
                              const struct sent *s, PGresult **out, struct pal_error *err)
{
    enum pal_code code = s->begin ? take_ok(db, err) : PAL_OK;
    if (code == PAL_OK && s->prepare && (code = take_ok(db, err)) == PAL_OK)
        code = note_prepared(db, st, err);
    if (code == PAL_OK) {
        PGresult *r = pal_db_take(db);
        code = pal_db_result_ok(r) ? PAL_OK : pal_db_failed(db, r, err);
        if (code == PAL_OK)
            *out = r;
        else
            PQclear(r);
    }
    if (!db->pg)
        return code;
    enum pal_code settled = pal_db_settle(db, code == PAL_OK ? err : NULL);
    return code == PAL_OK ? settled : code;
}

static enum pal_code run(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, PGresult **out, struct pal_error *err)
{
    struct sent sent;
    if (p && p->failed)
        return pal_error_set(err, &pal_err_service_internal, "%s: parameters do not fit", st->name);
    if (db->begun && !db->pg)
        return pal_error_set(err, &pal_err_service_unavailable, "database: connection lost");
    if (!db->begun) {
        enum pal_code code = pal_db_ready(db, err);
        if (code != PAL_OK)
            return code;
    }
    if (!send_all(db, st, p, &sent)) {
        pal_db_disconnect(db);
        return pal_db_failed(db, NULL, err);
    }
    return take_all(db, st, &sent, out, err);
}

enum pal_code pal_db_run(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_rows *out, struct pal_error *err)
{
    PGresult *r = NULL;
    *out = (struct pal_rows){0};
    enum pal_code code = run(db, st, p, &r, err);
    if (code != PAL_OK) {
        PQclear(r);
        return code;
    }
    int64_t affected = 0;
    if (!pal_parse_i64(pal_str_of(PQcmdTuples(r)), &affected))
        affected = 0;
    *out = (struct pal_rows){.result = r, .n = PQntuples(r), .affected = affected};
    return PAL_OK;
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
