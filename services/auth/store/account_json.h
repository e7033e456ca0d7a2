/* Users as clients see them: PostgreSQL makes the JSON. */
#ifndef AUTH_STORE_ACCOUNT_JSON_H
#define AUTH_STORE_ACCOUNT_JSON_H

#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* One user of one organisation; PAL_NOT_FOUND without touching err when there is none. */
enum pal_code account_json_get(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                               uint64_t id, bool with_email, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;

struct account_query {
    uint64_t org;
    uint64_t caller; /* sees the own address */
    bool all_emails; /* administrators see all */
    bool active;
    int role;              /* 0: any */
    struct pal_str search; /* NULL: everybody */
    struct pal_str after;  /* username in lower case; NULL: from the beginning */
    int limit;
};
/* {"items":[…],"next_cursor":…} */
enum pal_code account_json_list(struct pal_db *db, struct pal_arena *arena,
                                const struct account_query *q, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;

/* {"items":[…],"next_cursor":null} in the order of ids, without addresses. */
enum pal_code account_json_by_ids(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  const int64_t *ids, size_t n, struct pal_str *json,
                                  struct pal_error *err) PAL_MUST_USE;

#endif
