/* SQL of erasing users. */
#include "store/erase.h"

PAL_STATEMENT(SQL_ERASE_ACCOUNT, "select erase_account($1::bigint, $2::text)");

enum pal_code erase_store_account(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                  struct pal_str username, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    pal_p_str(&p, username);
    return pal_db_exec(db, &SQL_ERASE_ACCOUNT, &p, NULL, err);
}

PAL_STATEMENT(SQL_ERASE_REPORTED, "select erase_reported($1::bigint)");

enum pal_code erase_store_reported(struct pal_db *db, struct pal_arena *arena, uint64_t user,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, user);
    return pal_db_exec(db, &SQL_ERASE_REPORTED, &p, NULL, err);
}
