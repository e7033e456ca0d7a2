/* SQL of moderation actions. */
#include "store/moderation.h"

PAL_STATEMENT(SQL_ACTION_INSERT,
              "insert into moderation_action as a (org_id, user_id, moderator_id, action_type, "
              "reason, duration, created_at, expires_at) "
              "values ($1, $2, $3, $4, $5, $6, $7, $8) returning action_json(a)");

enum pal_code action_insert(struct pal_db *db, struct pal_arena *arena, const struct new_action *a,
                            struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, a->org);
    pal_p_id(&p, a->user);
    pal_p_id(&p, a->moderator);
    pal_p_str(&p, a->type);
    pal_p_str(&p, a->reason);
    pal_p_id(&p, (uint64_t)a->duration_s);
    pal_p_time(&p, a->now_ms);
    pal_p_time(&p, a->expires_ms);
    return pal_db_text(db, &SQL_ACTION_INSERT, &p, arena, json, err);
}

PAL_STATEMENT(SQL_ACTION_PAGE,
              "with page as (select a.id, action_json(a) as item from moderation_action a where "
              "a.org_id = $1 "
              "and ($3::bigint is null or a.id < $3) and ($4::bigint is null or a.user_id = $4) "
              "and (not $5::boolean or (a.lifted_at is null and a.action_type <> 'warning' "
              "and (a.expires_at is null or a.expires_at > statement_timestamp()))) order by a.id "
              "desc limit $2 + 1), "
              "shown as (select * from page order by id desc limit $2) "
              "select json_build_object('items', coalesce((select json_agg(item order by id desc) "
              "from shown), '[]'), "
              "'next_cursor', case when (select count(*) from page) > $2 then (select "
              "min(id)::text from shown) end)");

enum pal_code action_page(struct pal_db *db, struct pal_arena *arena, const struct page *page,
                          uint64_t user, bool active, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    page_params(&p, arena, page);
    pal_p_id(&p, user);
    pal_p_bool(&p, active);
    return pal_db_text(db, &SQL_ACTION_PAGE, &p, arena, json, err);
}

PAL_STATEMENT(SQL_ACTION_FIND,
              "select a.user_id, action_json(a), a.lifted_at is not null or coalesce(a.expires_at "
              "< statement_timestamp(), false) "
              "from moderation_action a where a.org_id = $1 and a.id = $2 for update");

enum pal_code action_find(struct pal_db *db, struct pal_arena *arena, uint64_t org, uint64_t id,
                          struct found_action *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, id);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &SQL_ACTION_FIND, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct found_action){.found = rows.n == 1};
    if (out->found) {
        struct pal_str json = pal_row_str(&rows, 0, 1);
        out->user = (uint64_t)pal_row_int(&rows, 0, 0);
        out->json = (struct pal_str){pal_arena_strdup(arena, json), json.n};
        out->over = pal_row_bool(&rows, 0, 2);
    }
    return PAL_OK;
}

PAL_STATEMENT(SQL_ACTION_LIFT, "update moderation_action a set lifted_at = statement_timestamp(), "
                               "lifted_by = $2 where a.id = $1 returning action_json(a)");

enum pal_code action_lift(struct pal_db *db, struct pal_arena *arena, uint64_t id, uint64_t by,
                          struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    pal_p_id(&p, by);
    return pal_db_text(db, &SQL_ACTION_LIFT, &p, arena, json, err);
}

PAL_STATEMENT(SQL_ADMINS_LOCK, "select user_id from user_copy where org_id = $1 and role = 'admin' "
                               "order by user_id for update");
PAL_STATEMENT(SQL_OTHER_ADMINS,
              "select count(*) from user_copy where org_id = $1 and user_id <> $2 "
              "and role = 'admin' and is_active and in_force_until(user_id, 'ban') is null");

/* Two statements: the second sees what was done by whoever held the lock before. */
enum pal_code other_admins(struct pal_db *db, struct pal_arena *arena, uint64_t org, uint64_t user,
                           int64_t *out, struct pal_error *err)
{
    PAL_ROWS rows = {0};
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    enum pal_code code = pal_db_exec(db, &SQL_ADMINS_LOCK, &p, NULL, err);
    if (code != PAL_OK)
        return code;
    pal_p_id(&p, user);
    code = pal_db_run(db, &SQL_OTHER_ADMINS, &p, &rows, err);
    if (code == PAL_OK)
        *out = pal_row_int(&rows, 0, 0);
    return code;
}
