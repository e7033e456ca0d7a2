/* SQL for favourites and sections: sidebar.h. */
#include "store/sidebar.h"

PAL_STATEMENT(sql_sidebar_get, "select sidebar_json($1::bigint, $2::bigint)");

enum pal_code sidebar_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    return pal_db_text(db, &sql_sidebar_get, &p, arena, json, err);
}

PAL_STATEMENT(sql_favorite_add, "insert into favorite (user_id, channel_id) select $1::bigint, "
                                "$3::bigint where $2::bigint is not null on conflict do nothing");
PAL_STATEMENT(sql_favorite_drop, "delete from favorite where user_id = $1::bigint and channel_id = "
                                 "$3::bigint and $2::bigint is not null");

enum pal_code favorite_store_set(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t channel, bool on, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    return pal_db_exec(db, on ? &sql_favorite_add : &sql_favorite_drop, &p, NULL, err);
}

PAL_STATEMENT(
    sql_sidebar_count,
    "select (select count(*) from section s where s.user_id = $1::bigint and s.org_id = "
    "$2::bigint), (select count(*) from favorite f cross join lateral (select from member m "
    "where m.channel_id = f.channel_id and m.user_id = $1::bigint limit 1) m where "
    "f.user_id = $1::bigint)");

enum pal_code sidebar_store_count(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, int64_t *sections, int64_t *favorites,
                                  struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_sidebar_count, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *sections = pal_row_int(&rows, 0, 0);
    *favorites = pal_row_int(&rows, 0, 1);
    return PAL_OK;
}

PAL_STATEMENT(sql_section_add,
              "insert into section (user_id, org_id, name, position) select $1::bigint, "
              "$2::bigint, $3::text, coalesce(max(s.position), 0) + 1 from section s where "
              "s.user_id = $1::bigint and s.org_id = $2::bigint");

enum pal_code section_store_add(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str name, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, name);
    return pal_db_exec(db, &sql_section_add, &p, NULL, err);
}

PAL_STATEMENT(
    sql_section_update,
    "update section set name = coalesce($4::text, name), position = coalesce($5::integer, "
    "position) where id = $3::bigint and user_id = $1::bigint and org_id = $2::bigint");

enum pal_code section_store_update(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t section, struct pal_str name,
                                   int64_t position, bool *found, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, section);
    pal_p_str(&p, name);
    if (position < 0)
        pal_p_null(&p);
    else
        pal_p_int(&p, position);
    return answer_changed(db, &sql_section_update, &p, found, err);
}

PAL_STATEMENT(
    sql_section_delete,
    "delete from section where id = $3::bigint and user_id = $1::bigint and org_id = $2::bigint");

enum pal_code section_store_delete(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t section, bool *found,
                                   struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, section);
    return answer_changed(db, &sql_section_delete, &p, found, err);
}

PAL_STATEMENT(
    sql_section_put,
    "insert into section_channel (user_id, channel_id, section_id) select s.user_id, $4::bigint, "
    "s.id from section s where s.id = $3::bigint and s.user_id = $1::bigint and s.org_id = "
    "$2::bigint on conflict (user_id, channel_id) do update set section_id = excluded.section_id");

enum pal_code section_store_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t section, uint64_t channel, bool *found,
                                struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, section);
    pal_p_id(&p, channel);
    return answer_changed(db, &sql_section_put, &p, found, err);
}

PAL_STATEMENT(
    sql_section_take,
    "with s as (select s.id from section s where s.id = $3::bigint and s.user_id = $1::bigint and "
    "s.org_id = $2::bigint), d as (delete from section_channel x using s where x.section_id = s.id "
    "and x.user_id = $1::bigint and x.channel_id = $4::bigint) select id from s");

enum pal_code section_store_take(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t section, uint64_t channel, bool *found,
                                 struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, section);
    pal_p_id(&p, channel);
    return answer_changed(db, &sql_section_take, &p, found, err);
}
