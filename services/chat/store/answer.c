/* What the stores of chat share: answer.h. */
#include "store/answer.h"

void answer_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v)
{
    pal_params_init(p, arena);
    pal_p_id(p, v->user);
    pal_p_id(p, v->org);
}

enum pal_code answer_logged(struct pal_db *db, const struct pal_statement *st,
                            const struct pal_params *p, struct pal_arena *arena, struct logged *out,
                            struct pal_error *err)
{
    PAL_ROWS rows = {0};
    struct pal_str body;
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code == PAL_OK)
        code = pal_rows_text(&rows, 0, 1, arena, &body, err);
    if (code == PAL_OK)
        *out = (struct logged){(uint64_t)pal_row_int(&rows, 0, 0), body};
    return code;
}

enum pal_code answer_changed(struct pal_db *db, const struct pal_statement *st,
                             const struct pal_params *p, bool *changed, struct pal_error *err)
{
    int64_t rows = 0;
    enum pal_code code = pal_db_exec(db, st, p, &rows, err);
    if (code == PAL_OK)
        *changed = rows > 0;
    return code;
}
