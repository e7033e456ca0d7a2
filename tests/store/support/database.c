/* Makes databases for tests, with libpq itself: what is under test does not set up its own test. */
#include "support/database.h"

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

static PGconn *open_raw(const char *url)
{
    PGconn *pg = PQconnectdb(url);
    if (PQstatus(pg) != CONNECTION_OK)
        die("test database", PQerrorMessage(pg));
    return pg;
}

static PGresult *query(PGconn *pg, const char *sql)
{
    PGresult *r = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die(sql, PQerrorMessage(pg));
    return r;
}

void store_script(const char *url, const char *sql)
{
    PGconn *pg = open_raw(url);
    PQclear(query(pg, sql));
    PQfinish(pg);
}

int64_t store_number(const char *url, const char *sql)
{
    int64_t n = -1;
    PGconn *pg = open_raw(url);
    PGresult *r = query(pg, sql);
    if (PQntuples(r) > 0 && !pal_parse_i64(pal_str_of(PQgetvalue(r, 0, 0)), &n))
        die(sql, "not a number");
    PQclear(r);
    PQfinish(pg);
    return n;
}

void store_database(const char *schema, char url[STORE_URL_MAX])
{
    static atomic_uint count;
    const char *base = getenv("PALIQUE_TEST_DATABASE_URL");
    char name[64], sql[128];
    if (!base)
        die("PALIQUE_TEST_DATABASE_URL",
            "not set: run this through tests/store/run_with_postgres.sh");
    snprintf(name, sizeof name, "t_%d_%u", (int)getpid(), atomic_fetch_add(&count, 1));
    snprintf(sql, sizeof sql, "create database %s", name);
    store_script(base, sql);
    snprintf(url, STORE_URL_MAX, "%s dbname=%s options='-c search_path=%s'", base, name, schema);
    snprintf(sql, sizeof sql, "create schema %s", schema);
    store_script(url, sql);
}

struct pal_db *store_open(const char *url)
{
    struct pal_error err = {0};
    struct pal_db *db = NULL;
    if (pal_db_new(url, "store test", &db, &err) != PAL_OK || pal_db_ping(db, &err) != PAL_OK)
        die("test database", err.detail);
    return db;
}
