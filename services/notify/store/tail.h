/* What is new, for many users at once. */
#ifndef NOTIFY_STORE_TAIL_H
#define NOTIFY_STORE_TAIL_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

struct tail_query {
    int64_t after, limit;
    const int64_t *users, *orgs; /* in pairs */
    size_t n;
};
/* The reply of notification.tail. */
enum pal_code tail_read(struct pal_db *db, struct pal_arena *arena, const struct tail_query *q,
                        struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

#endif
