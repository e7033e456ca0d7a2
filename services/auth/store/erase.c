/* SQL of erasing accounts. */
#include "store/erase.h"

#include "store/rows.h"

PAL_STATEMENT(erase_sql, "select fresh, username from account_erase($1::bigint, $2::boolean)");

enum pal_code erase_store_account(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                  bool remove_content, bool *fresh, struct pal_str *name,
                                  struct pal_error *err)
{
    struct pal_params p;
    PAL_ROWS rows = {0};
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_bool(&p, remove_content);
    enum pal_code code = pal_db_run(db, &erase_sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *fresh = pal_row_bool(&rows, 0, 0);
    return row_text(&rows, 0, 1, arena, name, err) ? PAL_OK : PAL_INTERNAL;
}
