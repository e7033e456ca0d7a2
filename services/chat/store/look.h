/* Whether there is work for the chores of main.c. */
#ifndef CHAT_STORE_LOOK_H
#define CHAT_STORE_LOOK_H

#include "db/db.h"

/* The columns of it. */
enum { LOOK_SEARCH, LOOK_DUE, LOOK_PREVIEWS, LOOK_PICTURES, LOOK_ERASURE };
extern const struct pal_statement *const look_statement;

#endif
