/* SQL of groups: group.h. */
#include "store/group.h"

#define GROUP_JSON                                                                             \
    "json_build_object('id', g.id, 'organization_id', g.org_id, 'name', g.name, 'handle',"     \
    " g.handle, 'description', g.description, 'created_by', g.created_by, 'created_at',"       \
    " iso(g.created_at), 'user_ids', (select coalesce(json_agg(x.user_id order by x.user_id)," \
    " '[]') from user_group_member x where x.group_id = g.id))"

PAL_STATEMENT(sql_group_create,
              "insert into user_group (created_by, org_id, name, handle, description) values"
              " ($1::bigint, $2::bigint, $3::text, $4::text, coalesce($5::text, '')) returning id");

static void text_params(struct pal_params *p, const struct group_texts *t)
{
    pal_p_str(p, t->name);
    pal_p_str(p, t->handle);
    pal_p_str(p, t->description);
}

enum pal_code group_store_create(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct group_texts *t, uint64_t *group,
                                 struct pal_error *err)
{
    struct pal_params p;
    PAL_ROWS rows = {0};
    answer_params(&p, arena, v);
    text_params(&p, t);
    enum pal_code code = pal_db_run(db, &sql_group_create, &p, &rows, err);
    if (code == PAL_OK)
        *group = (uint64_t)pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(sql_group_update,
              "update user_group g set name = coalesce($3::text, g.name),"
              " handle = coalesce($4::text, g.handle),"
              " description = coalesce($5::text, g.description)"
              " where g.id = $6::bigint and g.org_id = $2::bigint and g.deleted_at is null"
              " and $1::bigint is not null");

enum pal_code group_store_update(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t group, const struct group_texts *t, bool *found,
                                 struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    text_params(&p, t);
    pal_p_id(&p, group);
    return answer_changed(db, &sql_group_update, &p, found, err);
}

PAL_STATEMENT(sql_group_delete,
              "update user_group set deleted_at = statement_timestamp() where id = $3::bigint"
              " and org_id = $2::bigint and deleted_at is null and $1::bigint is not null");

enum pal_code group_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t group, bool *found, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, group);
    return answer_changed(db, &sql_group_delete, &p, found, err);
}

PAL_STATEMENT(sql_group_user_named,
              "select 1 from user_copy where org_id = $2::bigint and lower(username) ="
              " lower($3::text) and is_active and $1::bigint is not null limit 1");

enum pal_code group_store_user_named(struct pal_db *db, struct pal_arena *arena,
                                     const struct viewer *v, struct pal_str handle, bool *taken,
                                     struct pal_error *err)
{
    struct pal_params p;
    PAL_ROWS rows = {0};
    answer_params(&p, arena, v);
    pal_p_str(&p, handle);
    enum pal_code code = pal_db_run(db, &sql_group_user_named, &p, &rows, err);
    if (code == PAL_OK)
        *taken = rows.n > 0;
    return code;
}

/* The row of the group is locked by the statement before: its size cannot be passed by two at once.
 */
PAL_STATEMENT(sql_group_lock, "select from user_group where id = $1::bigint for update");
PAL_STATEMENT(
    sql_group_members,
    "with wanted as (select distinct i.id::bigint as id from"
    "  json_array_elements_text(coalesce($4::json, '[]')) i (id)),"
    " known as (select w.id from wanted w cross join lateral (select from user_copy u where"
    "  u.user_id = w.id and u.org_id = $2::bigint and u.is_active limit 1) u),"
    " gone as (delete from user_group_member m where m.group_id = $3::bigint and m.user_id in"
    "  (select i.id::bigint from json_array_elements_text(coalesce($5::json, '[]')) i (id))"
    "  and m.user_id not in (select id from wanted) returning 1),"
    " come as (insert into user_group_member (group_id, user_id) select $3::bigint, id from known"
    "  on conflict do nothing returning 1)"
    " select (select count(*) from known) = (select count(*) from wanted),"
    " (select count(*) from user_group_member m where m.group_id = $3::bigint)"
    "  + (select count(*) from come) - (select count(*) from gone) where $1::bigint is not null");

enum pal_code group_store_members(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, uint64_t group, struct pal_str add,
                                  struct pal_str remove, bool *known, int64_t *size,
                                  struct pal_error *err)
{
    struct pal_params p;
    PAL_ROWS rows = {0};
    pal_params_init(&p, arena);
    pal_p_id(&p, group);
    enum pal_code code = pal_db_exec(db, &sql_group_lock, &p, NULL, err);
    if (code != PAL_OK)
        return code;
    answer_params(&p, arena, v);
    pal_p_id(&p, group);
    pal_p_str(&p, add);
    pal_p_str(&p, remove);
    code = pal_db_run(db, &sql_group_members, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *known = pal_row_bool(&rows, 0, 0);
    *size = pal_row_int(&rows, 0, 1);
    return PAL_OK;
}

PAL_STATEMENT(sql_group_get,
              "select " GROUP_JSON " from user_group g where g.id = $3::bigint and"
              " g.org_id = $2::bigint and g.deleted_at is null and $1::bigint is not null");

enum pal_code group_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t group, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, group);
    return pal_db_text(db, &sql_group_get, &p, arena, json, err);
}

PAL_STATEMENT(
    sql_group_list,
    "with page as (select g.*, row_number() over (order by g.id) as n from user_group g"
    " where g.org_id = $2::bigint and g.deleted_at is null and $1::bigint is not null"
    " and g.id > coalesce($4::bigint, 0) order by g.id limit $3::integer + 1)"
    " select row_to_json(w) from (select"
    " coalesce(json_agg(" GROUP_JSON " order by n) filter (where n <= $3::integer), '[]') as items,"
    " case when count(*) > $3::integer then max(id) filter (where n <= $3::integer)::text end"
    " as next_cursor from page g) w");

enum pal_code group_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t after, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_int(&p, limit);
    pal_p_id(&p, after);
    return pal_db_text(db, &sql_group_list, &p, arena, json, err);
}
