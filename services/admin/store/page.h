/* What the lists of admin have in common: newest first by id, a cursor that is the last id of the
 * page before, and a page that PostgreSQL has built as JSON text. */
#ifndef ADMIN_STORE_PAGE_H
#define ADMIN_STORE_PAGE_H

#include "base/arena.h"
#include "db/db.h"

#include <stdint.h>

struct page {
    uint64_t org;
    int64_t limit;
    int64_t before; /* ids below this; 0: from the newest */
};

/* One row with one text column, copied into the arena. found (may be NULL): whether there was a
 * row. */
enum pal_code text_query(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                         bool *found, struct pal_error *err) PAL_MUST_USE;

/* First parameters of every list: $1 organisation, $2 limit, $3 before (null: none). */
void page_params(struct pal_params *p, struct pal_arena *arena, const struct page *page);

#endif
