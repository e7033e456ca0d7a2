/* Bans that the admin service has told of. */
#include "store/ban.h"

#include "store/rows.h"

PAL_STATEMENT(ban_insert_sql, "insert into ban (action_id, account_id, until)"
                              " select $1, id, case when $3 = 9223372036854775807 then 'infinity'"
                              " else to_timestamp($3 / 1000.0) end from account where id = $2"
                              " on conflict (action_id) do update set until = excluded.until");
/* Several bans can overlap: the last to end counts. */
PAL_STATEMENT(ban_count_sql,
              "update account set banned_until = (select max(until) from ban where account_id = $1)"
              " where id = $1 returning organization_id");

static enum pal_code count_bans(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                uint64_t *org, struct pal_error *err)
{
    struct pal_params p;
    int64_t id = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    enum pal_code code = store_int(db, &ban_count_sql, &p, &id, err);
    if (code != PAL_OK && code != PAL_NOT_FOUND)
        return code;
    *org = (uint64_t)id;
    return PAL_OK;
}

enum pal_code ban_store_apply(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                              uint64_t account, int64_t until_ms, uint64_t *org,
                              struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, action);
    pal_p_id(&p, account);
    pal_p_int(&p, until_ms);
    enum pal_code code = pal_db_exec(db, &ban_insert_sql, &p, NULL, err);
    return code == PAL_OK ? count_bans(db, arena, account, org, err) : code;
}

PAL_STATEMENT(ban_delete_sql, "delete from ban where action_id = $1 and account_id = $2");

enum pal_code ban_store_lift(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                             uint64_t account, struct pal_error *err)
{
    struct pal_params p;
    uint64_t org = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, action);
    pal_p_id(&p, account);
    enum pal_code code = pal_db_exec(db, &ban_delete_sql, &p, NULL, err);
    return code == PAL_OK ? count_bans(db, arena, account, &org, err) : code;
}

PAL_STATEMENT(ban_expire_sql, "delete from ban where until < now() - interval '1 day'");

enum pal_code ban_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &ban_expire_sql, NULL, NULL, err);
}
