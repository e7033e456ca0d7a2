/* One connection: opening it when it is needed, settings, transactions. The connection stays in
 * libpq's pipeline mode, so that BEGIN and a PREPARE travel with the statement that needs them: one
 * round trip instead of three. */
#include "db/connection.h"

#include "base/clock.h"
#include "gen/catalogue.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sent after connecting rather than as start-up options, which connection poolers refuse. */
static const char settings[] =
    "select set_config('statement_timeout', '10s', false), set_config('lock_timeout', '5s', false),"
    " set_config('idle_in_transaction_session_timeout', '30s', false),"
    " set_config('synchronous_commit', 'on', false), set_config('timezone', 'UTC', false),"
    " set_config('datestyle', 'ISO', false), set_config('bytea_output', 'hex', false),"
    " set_config('client_min_messages', 'error', false),"
    /* Compiling a plan takes longer than any statement of ours runs. */
    " set_config('jit', 'off', false)";

/* A plan made while the tables are small must not read them from end to end when they have grown.
 */
static const char one_plan[] = "select set_config('plan_cache_mode', 'force_generic_plan', false),"
                               " set_config('enable_seqscan', 'off', false)";

/* Any role may ask, unless somebody has forbidden it; a standby has no answer, nor have servers
 * that only resemble PostgreSQL. It holds as long as the connection does. */
static const char ask_timeline[] =
    "select system_identifier, case when not pg_is_in_recovery() then"
    " ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer end"
    " from pg_control_system()";

static void ignore_notice(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

enum pal_code pal_db_new(const char *url, const char *application, struct pal_db **out,
                         struct pal_error *err)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    if (!options) {
        PQfreemem(why); /* not shown: it can quote the password */
        return pal_error_set(err, &pal_err_service_internal, "the database URL cannot be read");
    }
    PQconninfoFree(options);
    struct pal_db *db = calloc(1, sizeof *db);
    if (!db || !(db->url = strdup(url)) || !(db->application = strdup(application))) {
        pal_db_free(db);
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    }
    pal_map_init(&db->prepared);
    db->wait_ms = PAL_DB_WAIT_MS;
    db->commits = pal_histogram("palique_database_commit_seconds", NULL,
                                "What COMMIT of a transaction took: the write-ahead log on disk");
    *out = db;
    return PAL_OK;
}

void pal_db_free(struct pal_db *db)
{
    if (!db)
        return;
    pal_db_disconnect(db);
    free(db->url);
    free(db->application);
    free(db);
}

void pal_db_disconnect(struct pal_db *db)
{
    if (db->pg)
        PQfinish(db->pg);
    db->pg = NULL;
    pal_map_fini(&db->prepared);
    pal_map_init(&db->prepared);
    db->n_prepared = 0;
    db->n_sent = 0;
    db->stale = false;
    db->timeline = (struct pal_timeline){0};
}

/* Later keywords win over what the URL in dbname says, but for application_name, which a URL may
 * set. */
static PGconn *open_connection(const struct pal_db *db)
{
    const char *const keys[] = {"fallback_application_name",
                                "dbname",
                                "connect_timeout",
                                "tcp_user_timeout",
                                "keepalives_idle",
                                "client_encoding",
                                NULL};
    const char *const values[] = {db->application, db->url, "5", "10000", "30", "UTF8", NULL};
    return PQconnectdbParams(keys, values, 1);
}

/* libpq's message is for a terminal: its first line says it all. */
static enum pal_code cannot_connect(struct pal_db *db, struct pal_error *err)
{
    struct pal_str text = pal_str_of(db->pg ? PQerrorMessage(db->pg) : "out of memory");
    pal_str_cut(text, '\n', &text);
    pal_error_set(err, &pal_err_service_unavailable, "database: %.*s", (int)text.n, text.p);
    pal_db_disconnect(db);
    return PAL_UNAVAILABLE;
}

static void read_timeline(struct pal_db *db, const PGresult *r)
{
    struct pal_timeline t = {0};
    if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 &&
        pal_parse_u64(pal_str_of(PQgetvalue(r, 0, 0)), &t.cluster) &&
        pal_parse_i64(pal_str_of(PQgetvalue(r, 0, 1)), &t.timeline))
        db->timeline = t;
}

/* That the server does not tell is no error. */
static enum pal_code learn_timeline(struct pal_db *db, struct pal_error *err)
{
    if (!PQsendQueryParams(db->pg, ask_timeline, 0, NULL, NULL, NULL, NULL, 0) ||
        !PQpipelineSync(db->pg)) {
        pal_db_disconnect(db);
        return pal_db_failed(db, NULL, err);
    }
    PGresult *r = pal_db_take(db);
    read_timeline(db, r);
    PQclear(r);
    return db->pg ? pal_db_settle(db, err) : pal_db_failed(db, NULL, err);
}

static enum pal_code connect_now(struct pal_db *db, struct pal_error *err)
{
    db->pg = open_connection(db);
    if (!db->pg || PQstatus(db->pg) != CONNECTION_OK)
        return cannot_connect(db, err);
    PQsetNoticeReceiver(db->pg, ignore_notice, NULL);
    if (!PQenterPipelineMode(db->pg)) {
        pal_db_disconnect(db);
        return pal_error_set(err, &pal_err_service_internal, "database: no pipeline mode");
    }
    enum pal_code code = pal_db_command(db, settings, NULL, err);
    if (code == PAL_OK && db->plan_once)
        code = pal_db_command(db, one_plan, NULL, err);
    if (code == PAL_OK)
        code = learn_timeline(db, err);
    if (code != PAL_OK)
        pal_db_disconnect(db);
    return code;
}

struct pal_timeline pal_db_timeline(const struct pal_db *db)
{
    return db->timeline;
}

void pal_db_plan_once(struct pal_db *db)
{
    db->plan_once = true;
}

/* Between transactions the server says nothing: if there is something to read, it is the end of the
 * connection. */
static bool closed_by_server(const struct pal_db *db)
{
    struct pollfd p = {.fd = PQsocket(db->pg), .events = POLLIN};
    return PQstatus(db->pg) != CONNECTION_OK || poll(&p, 1, 0) != 0;
}

enum pal_code pal_db_ready(struct pal_db *db, struct pal_error *err)
{
    if (db->pg && (db->stale || closed_by_server(db)))
        pal_db_disconnect(db);
    return db->pg ? PAL_OK : connect_now(db, err);
}

/* Waits until a result can be had without blocking. */
static bool wait_for_result(struct pal_db *db)
{
    int64_t end = pal_mono_ms() + db->wait_ms;
    while (PQisBusy(db->pg)) {
        int64_t left = db->wait_ms < 0 ? -1 : end - pal_mono_ms();
        if (db->wait_ms >= 0 && left <= 0)
            return false;
        struct pollfd p = {.fd = PQsocket(db->pg), .events = POLLIN};
        if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
            return false;
        if (!PQconsumeInput(db->pg))
            return false;
    }
    return true;
}

PGresult *pal_db_take(struct pal_db *db)
{
    while (db->pg && wait_for_result(db)) {
        PGresult *r = PQgetResult(db->pg);
        if (r)
            return r;
        if (PQstatus(db->pg) != CONNECTION_OK)
            break;
    }
    pal_db_disconnect(db);
    return NULL;
}

enum pal_code pal_db_settle(struct pal_db *db, struct pal_error *err)
{
    for (;;) {
        PGresult *r = pal_db_take(db);
        ExecStatusType status = PQresultStatus(r);
        PQclear(r);
        if (!r)
            return pal_db_failed(db, NULL, err);
        if (status == PGRES_PIPELINE_SYNC)
            return PAL_OK;
    }
}

enum pal_code pal_db_command(struct pal_db *db, const char *sql, char tag[16],
                             struct pal_error *err)
{
    if (!PQsendQueryParams(db->pg, sql, 0, NULL, NULL, NULL, NULL, 0) || !PQpipelineSync(db->pg)) {
        pal_db_disconnect(db);
        return pal_db_failed(db, NULL, err);
    }
    PGresult *r = pal_db_take(db);
    enum pal_code code = PAL_OK;
    if (!pal_db_result_ok(r))
        code = pal_db_failed(db, r, err);
    else if (tag)
        snprintf(tag, 16, "%s", PQcmdStatus(r));
    PQclear(r);
    if (!db->pg)
        return code;
    enum pal_code settled = pal_db_settle(db, code == PAL_OK ? err : NULL);
    return code == PAL_OK ? settled : code;
}

/* A script has no plan that could be void: what the server cannot do it never will. */
static enum pal_code script_failed(struct pal_db *db, const PGresult *r, struct pal_error *err)
{
    enum pal_code code = pal_db_failed(db, r, err);
    if (!db->again || !db->stale)
        return code;
    db->again = db->stale = false;
    return pal_error_set(err, &pal_err_service_internal, "database: %s",
                         PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
}

enum pal_code pal_db_script(struct pal_db *db, const char *sql, struct pal_error *err)
{
    enum pal_code code = PAL_OK;
    if (!PQexitPipelineMode(db->pg) || !PQsendQuery(db->pg, sql)) {
        pal_db_disconnect(db);
        return pal_db_failed(db, NULL, err);
    }
    for (;;) {
        if (!wait_for_result(db)) {
            pal_db_disconnect(db);
            return pal_db_failed(db, NULL, err);
        }
        PGresult *r = PQgetResult(db->pg);
        if (!r)
            break;
        if (!pal_db_result_ok(r) && code == PAL_OK)
            code = script_failed(db, r, err);
        PQclear(r);
    }
    if (!PQenterPipelineMode(db->pg))
        db->stale = true;
    return code;
}

enum pal_code pal_db_ping(struct pal_db *db, struct pal_error *err)
{
    enum pal_code code = pal_db_ready(db, err);
    return code == PAL_OK ? pal_db_command(db, "select 1", NULL, err) : code;
}

enum pal_code pal_db_begin(struct pal_db *db, enum pal_tx tx, struct pal_error *err)
{
    if (db->tx != PAL_TX_NONE)
        return pal_error_set(err, &pal_err_service_internal,
                             "database: transaction within a transaction");
    db->again = false;
    enum pal_code code = pal_db_ready(db, err);
    if (code == PAL_OK)
        db->tx = tx;
    return code;
}

/* COMMIT of a transaction that the server has given up answers ROLLBACK, without an error. */
static enum pal_code commit_begun(struct pal_db *db, struct pal_error *err)
{
    char tag[16] = "";
    if (!db->pg)
        return pal_error_set(err, &pal_err_service_unavailable, "database: connection lost");
    int64_t start = pal_mono_us();
    enum pal_code code = pal_db_command(db, "commit", tag, err);
    if (code == PAL_OK)
        pal_metric_observe_us(db->commits, pal_mono_us() - start);
    if (code == PAL_OK && strcmp(tag, "COMMIT") != 0)
        return pal_error_set(err, &pal_err_service_internal,
                             "database: commit of a failed transaction");
    if (code != PAL_OK && !db->pg)
        return pal_error_set(err, &pal_err_service_unavailable,
                             "database: connection lost in commit, the outcome is not known");
    return code;
}

enum pal_code pal_db_commit(struct pal_db *db, struct pal_error *err)
{
    if (db->n_sent > 0) { /* nobody knows whether it went well */
        pal_db_rollback(db);
        return pal_error_set(err, &pal_err_service_internal,
                             "database: nothing ran behind what was sent ahead");
    }
    enum pal_code code = db->begun ? commit_begun(db, err) : PAL_OK;
    if (code != PAL_OK && db->pg && PQtransactionStatus(db->pg) != PQTRANS_IDLE)
        pal_db_disconnect(db);
    db->tx = PAL_TX_NONE;
    db->begun = false;
    return code;
}

void pal_db_rollback(struct pal_db *db)
{
    if (db->n_sent > 0)
        pal_db_disconnect(db); /* its answers would be taken for those of ROLLBACK */
    if (db->begun && db->pg && pal_db_command(db, "rollback", NULL, NULL) != PAL_OK)
        pal_db_disconnect(db);
    db->tx = PAL_TX_NONE;
    db->begun = false;
}
