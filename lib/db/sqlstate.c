/* From SQLSTATE to the classes of base/code.h: whose fault is it, and may it be tried again. */
#include "db/connection.h"

#include "gen/catalogue.h"

#include <stdio.h>
#include <string.h>

/* AGAIN: rolled back, and the same may go well at once; VOID: so, on another connection; RETRY: the
 * client may try later; LOST: so, and this connection is of no more use. */
enum sql_class { SQL_BUG, SQL_CONFLICT, SQL_AGAIN, SQL_VOID, SQL_RETRY, SQL_LOST, SQL_LATE };

static const struct {
    const char *prefix;
    enum sql_class class;
} states[] = {
    {"23", SQL_CONFLICT}, /* integrity constraint violation */
    {"40001", SQL_AGAIN}, /* serialization failure */
    {"40P01", SQL_AGAIN}, /* deadlock */
    {"55P03", SQL_RETRY}, /* lock_timeout */
    {"53", SQL_RETRY},    /* disk full, out of memory, too many connections */
    {"58030", SQL_RETRY}, /* the disk does not do what it should */
    {"08", SQL_LOST},     /* connection exception */
    {"57P", SQL_LOST},    /* shutdown, crash of another backend, cannot connect now */
    {"25006", SQL_LOST},  /* read only: a standby, or a setting that a new session would not have */
    {"25P03", SQL_LOST},  /* idle in transaction for too long */
    {"26000", SQL_VOID},  /* the prepared statement is gone (a pooler in between) */
    {"0A000", SQL_VOID},  /* cached plan must not change result type: a migration came by */
    {"57014", SQL_LATE},  /* statement_timeout */
};

static enum sql_class classify(const char *state)
{
    if (!state)
        return SQL_LOST;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strncmp(state, states[i].prefix, strlen(states[i].prefix)) == 0)
            return states[i].class;
    return SQL_BUG;
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

bool pal_db_result_ok(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

enum pal_code pal_db_failed(struct pal_db *db, const PGresult *r, struct pal_error *err)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *text = r ? or_empty(PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)) : "";
    enum sql_class class = classify(state);
    db->constraint[0] = '\0';
    db->again = class == SQL_AGAIN || class == SQL_VOID;
    switch (class) {
    case SQL_CONFLICT:
        snprintf(db->constraint, sizeof db->constraint, "%s",
                 or_empty(PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME)));
        return pal_error_set(err, &pal_err_resource_conflict, "%s", db->constraint);
    case SQL_AGAIN:
    case SQL_RETRY:
        return pal_error_set(err, &pal_err_service_unavailable, "database: %s %s", state, text);
    case SQL_VOID:
    case SQL_LOST:
        db->stale = true;
        return pal_error_set(err, &pal_err_service_unavailable, "database: %s %s",
                             state ? state : "connection lost", text);
    case SQL_LATE:
        return pal_error_set(err, &pal_err_service_timeout, "database: %s", text);
    case SQL_BUG:
        break;
    }
    return pal_error_set(err, &pal_err_service_internal, "database: %s %s", or_empty(state), text);
}

const char *pal_db_constraint(const struct pal_db *db)
{
    return db->constraint;
}

bool pal_db_again(const struct pal_db *db)
{
    return db->again;
}
