/* Running statements that give one JSON text. */
#include "store/page.h"

#include "gen/catalogue.h"

enum pal_code text_query(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                         bool *found, struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code != PAL_OK)
        return code;
    if (found)
        *found = rows.n > 0;
    struct pal_str text = rows.n > 0 ? pal_row_str(&rows, 0, 0) : (struct pal_str){"", 0};
    char *copy = pal_arena_strdup(arena, text);
    if (!copy)
        return pal_error_set(err, &pal_err_service_internal, "no memory for a page");
    *out = (struct pal_str){copy, text.n};
    return PAL_OK;
}

void page_params(struct pal_params *p, struct pal_arena *arena, const struct page *page)
{
    pal_params_init(p, arena);
    pal_p_id(p, page->org);
    pal_p_int(p, page->limit);
    pal_p_id(p, (uint64_t)page->before);
}
