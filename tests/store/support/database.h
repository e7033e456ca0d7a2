/* Databases for tests: each test gets one of its own, so that none sees what another has left. */
#ifndef STORE_SUPPORT_DATABASE_H
#define STORE_SUPPORT_DATABASE_H

#include "db/db.h"

enum { STORE_URL_MAX = 512 };

/* Creates an empty database with the schema first in the search_path. url gets its connection
 * string. Ends the program with a message when there is no PostgreSQL. */
void store_database(const char *schema, char url[STORE_URL_MAX]);
/* A connection to it; ends the program when that fails. */
struct pal_db *store_open(const char *url);
/* Runs a script of several statements; ends the program when it fails. */
void store_script(const char *url, const char *sql);
/* The first column of the first row as a number; -1: no row. */
int64_t store_number(const char *url, const char *sql);

#endif
