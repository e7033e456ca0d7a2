/* Texts out of results. */
#include "store/text.h"

#include "gen/catalogue.h"

void viewer_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v)
{
    pal_params_init(p, arena);
    pal_p_id(p, v->user);
    pal_p_id(p, v->org);
}

enum pal_code text_copy(const struct pal_rows *rows, int col, struct pal_arena *arena,
                        struct pal_str *out, struct pal_error *err)
{
    struct pal_str text = rows->n > 0 ? pal_row_str(rows, 0, col) : (struct pal_str){NULL, 0};
    char *copy = pal_arena_strdup(arena, text.p ? text : (struct pal_str){"", 0});
    if (!copy)
        return pal_error_set(err, &pal_err_service_internal, "no memory for an answer");
    *out = (struct pal_str){copy, text.n};
    return PAL_OK;
}

enum pal_code text_query(struct pal_db *db, const struct pal_statement *st,
                         const struct pal_params *p, struct pal_arena *arena, struct pal_str *out,
                         struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    return code != PAL_OK ? code : text_copy(&rows, 0, arena, out, err);
}
