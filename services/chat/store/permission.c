/* SQL for permissions: permission.h. */
#include "store/permission.h"

PAL_STATEMENT(
    sql_permission_get,
    "select json_build_object('channel_id', c.id, 'permissions', permissions_json(c.permissions),"
    " 'announcement', permission_least(c.permissions, 0) > 1, 'can', channel_can(c,"
    " (select m.role from member m where m.channel_id = c.id and m.user_id = $1::bigint),"
    " (select u.role from user_copy u where u.user_id = $1::bigint)))"
    " from channel c where c.id = $3::bigint and c.org_id = $2::bigint");

enum pal_code permission_store_get(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t channel, struct pal_str *json,
                                   struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    return pal_db_text(db, &sql_permission_get, &p, arena, json, err);
}

PAL_STATEMENT(sql_permission_set,
              "update channel set permissions = $2::integer where id = $1::bigint");

enum pal_code permission_store_set(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                   uint32_t permissions, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_int(&p, permissions);
    return pal_db_exec(db, &sql_permission_set, &p, NULL, err);
}
