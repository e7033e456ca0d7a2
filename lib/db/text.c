/* Texts out of results into the arena: what stores pass on as it is. */
#include "db/db.h"

#include "gen/catalogue.h"

enum pal_code pal_rows_text(const struct pal_rows *r, int row, int col, struct pal_arena *arena,
                            struct pal_str *out, struct pal_error *err)
{
    struct pal_str text = row < r->n ? pal_row_str(r, row, col) : (struct pal_str){NULL, 0};
    char *copy = pal_arena_strdup(arena, text.p ? text : (struct pal_str){"", 0});
    if (!copy)
        return pal_error_set(err, &pal_err_service_internal, "out of request memory");
    *out = (struct pal_str){copy, text.n};
    return PAL_OK;
}

enum pal_code pal_db_text(struct pal_db *db, const struct pal_statement *st,
                          const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                          struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    return code != PAL_OK ? code : pal_rows_text(&rows, 0, 0, arena, out, err);
}
