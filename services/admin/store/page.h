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

/* First parameters of every list: $1 organisation, $2 limit, $3 before (null: none). */
void page_params(struct pal_params *p, struct pal_arena *arena, const struct page *page);

#endif
