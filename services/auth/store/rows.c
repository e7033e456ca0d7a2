/* Taking values out of results. */
#include "store/rows.h"

#include "gen/catalogue.h"

bool row_text(const struct pal_rows *r, int row, int col, struct pal_arena *arena,
              struct pal_str *out, struct pal_error *err)
{
    *out = (struct pal_str){NULL, 0};
    if (pal_row_null(r, row, col))
        return true;
    struct pal_str borrowed = pal_row_str(r, row, col);
    char *copy = pal_arena_strdup(arena, borrowed);
    if (!copy) {
        pal_error_set(err, &pal_err_service_internal, "out of request memory");
        return false;
    }
    *out = (struct pal_str){copy, borrowed.n};
    return true;
}

enum pal_code store_text(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                         struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code != PAL_OK)
        return code;
    if (rows.n == 0)
        return PAL_NOT_FOUND;
    return row_text(&rows, 0, 0, arena, out, err) ? PAL_OK : PAL_INTERNAL;
}

enum pal_code store_int(struct pal_db *db, const struct pal_statement *st,
                        const struct pal_params *p, int64_t *out, struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code != PAL_OK)
        return code;
    if (rows.n == 0)
        return PAL_NOT_FOUND;
    *out = pal_row_int(&rows, 0, 0);
    return PAL_OK;
}
