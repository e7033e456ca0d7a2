/* SQL of the copies. */
#include "store/copies.h"

PAL_STATEMENT(
    sql_user_put,
    "insert into user_copy (user_id, org_id, username, display_name, role, profile_picture, "
    "status, "
    "status_text, language, last_activity, created_at, is_active) "
    "select (u->>'id')::bigint, (u->>'organization_id')::bigint, u->>'username', "
    "coalesce(u->>'display_name', ''), u->>'role', u->>'profile_picture', "
    "coalesce(u->>'status', 'offline'), coalesce(u->>'status_text', ''), "
    "coalesce(u->>'language', 'en'), (u->>'last_activity')::timestamptz, "
    "coalesce((u->>'created_at')::timestamptz, now()), coalesce((u->>'is_active')::boolean, true) "
    "from (select $1::json as u) s "
    "on conflict (user_id) do update set username = excluded.username, "
    "display_name = excluded.display_name, role = excluded.role, "
    "profile_picture = excluded.profile_picture, status = excluded.status, "
    "status_text = excluded.status_text, language = excluded.language, "
    "last_activity = excluded.last_activity, is_active = excluded.is_active");

static enum pal_code with_json(struct pal_db *db, const struct pal_statement *st,
                               struct pal_arena *arena, struct pal_str json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, json);
    return pal_db_exec(db, st, &p, NULL, err);
}

enum pal_code user_copy_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                            struct pal_error *err)
{
    return with_json(db, &sql_user_put, arena, json, err);
}

PAL_STATEMENT(sql_mute_put,
              "insert into mute (action_id, user_id, org_id, expires_at) "
              "select (a->>'id')::bigint, (a->>'user_id')::bigint, org, "
              "(a->>'expires_at')::timestamptz from (select $1::json->'action' as a, "
              "($1::json->>'organization_id')::bigint as org) s on conflict do nothing");

enum pal_code mute_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                       struct pal_error *err)
{
    return with_json(db, &sql_mute_put, arena, json, err);
}

PAL_STATEMENT(sql_mute_delete, "delete from mute where action_id = $1");

enum pal_code mute_delete(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                          struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, action);
    return pal_db_exec(db, &sql_mute_delete, &p, NULL, err);
}

PAL_STATEMENT(sql_ban_put,
              "insert into ban (action_id, user_id, org_id, expires_at) "
              "select (a->>'id')::bigint, (a->>'user_id')::bigint, org, "
              "(a->>'expires_at')::timestamptz from (select $1::json->'action' as a, "
              "($1::json->>'organization_id')::bigint as org) s on conflict do nothing");

enum pal_code ban_put(struct pal_db *db, struct pal_arena *arena, struct pal_str json,
                      struct pal_error *err)
{
    return with_json(db, &sql_ban_put, arena, json, err);
}

PAL_STATEMENT(sql_ban_delete, "delete from ban where action_id = $1");

enum pal_code ban_delete(struct pal_db *db, struct pal_arena *arena, uint64_t action,
                         struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, action);
    return pal_db_exec(db, &sql_ban_delete, &p, NULL, err);
}

PAL_STATEMENT(sql_expire, "delete from mute where expires_at < now() - interval '1 day'");

enum pal_code copies_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &sql_expire, NULL, NULL, err);
}

PAL_STATEMENT(sql_user_role, "select role from user_copy where user_id = $1::bigint");
const struct pal_statement *const user_copy_role = &sql_user_role;
