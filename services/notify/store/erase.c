/* SQL of erasing users. */
#include "store/erase.h"

enum { AT_ONCE = 1000 };

PAL_STATEMENT(SQL_ERASE_BEGIN, "select erase_begin($1::bigint, $2::bigint, $3::text)");

enum pal_code erase_store_begin(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                uint64_t org, struct pal_str username, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_id(&p, org);
    pal_p_str(&p, username);
    return pal_db_exec(db, &SQL_ERASE_BEGIN, &p, NULL, err);
}

PAL_STATEMENT(SQL_ERASE_STEP, "select erase_step($1::integer)");

enum pal_code erase_store_step(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, AT_ONCE);
    return pal_db_exec(db, &SQL_ERASE_STEP, &p, NULL, err);
}

PAL_STATEMENT(SQL_ERASE_LOOK, "select (select 0::bigint from erasure limit 1)");
const struct pal_statement *const erase_look = &SQL_ERASE_LOOK;
