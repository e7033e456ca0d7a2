/* SQL for the emoji of an organisation: emoji.h. */
#include "store/emoji.h"

static void params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v,
                   struct pal_str name)
{
    pal_params_init(p, arena);
    pal_p_id(p, v->org);
    pal_p_str(p, name);
}

PAL_STATEMENT(sql_emoji_there,
              "select 1 from emoji e where e.org_id = $1::bigint and e.name = $2::text");

enum pal_code emoji_store_there(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str name, bool *there, struct pal_error *err)
{
    struct pal_params p;
    params(&p, arena, v, name);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_emoji_there, &p, &rows, err);
    if (code == PAL_OK)
        *there = rows.n == 1;
    return code;
}

PAL_STATEMENT(sql_emoji_find,
              "select (e.found).id is not null, (e.found).created_by, (e.found).hash,"
              " case when (e.found).id is not null then emoji_json(e.found) end,"
              " (select count(*) from emoji x where x.org_id = $1::bigint) from (values (1)) one"
              " left join lateral (select e as found from emoji e where e.org_id = $1::bigint"
              " and e.name = $2::text limit 1) e on true");

enum pal_code emoji_store_find(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               struct pal_str name, struct emoji_facts *out, struct pal_error *err)
{
    struct pal_params p;
    params(&p, arena, v, name);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_emoji_find, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct emoji_facts){.there = pal_row_bool(&rows, 0, 0),
                                .maker = (uint64_t)pal_row_int(&rows, 0, 1),
                                .count = pal_row_int(&rows, 0, 4)};
    code = pal_rows_text(&rows, 0, 2, arena, &out->hash, err);
    return code != PAL_OK ? code : pal_rows_text(&rows, 0, 3, arena, &out->json, err);
}

PAL_STATEMENT(sql_emoji_insert,
              "insert into emoji as e (org_id, name, created_by, media_type, hash, data) values"
              " ($1::bigint, $2::text, $3::bigint, $4::text, $5::text, $6::bytea)"
              " returning emoji_json(e)");

enum pal_code emoji_store_insert(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct emoji_picture *e, struct pal_str *json,
                                 struct pal_error *err)
{
    struct pal_params p;
    params(&p, arena, v, e->name);
    pal_p_id(&p, v->user);
    pal_p_str(&p, e->media_type);
    pal_p_str(&p, e->hash);
    pal_p_bytes(&p, e->bytes.p, e->bytes.n);
    return pal_db_text(db, &sql_emoji_insert, &p, arena, json, err);
}

PAL_STATEMENT(sql_emoji_delete, "delete from emoji where org_id = $1::bigint and name = $2::text");

enum pal_code emoji_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 struct pal_str name, struct pal_error *err)
{
    struct pal_params p;
    params(&p, arena, v, name);
    return pal_db_exec(db, &sql_emoji_delete, &p, NULL, err);
}

PAL_STATEMENT(
    sql_emoji_list,
    "with page as (select e.id, e.json, row_number() over (order by e.id) as n from (select e.id,"
    "  emoji_json(e) as json from emoji e where e.org_id = $1::bigint"
    "  and e.id > coalesce($3::bigint, 0) order by e.id limit $2::integer + 1) e)"
    " select row_to_json(w) from (select"
    " coalesce(json_agg(json order by n) filter (where n <= $2::integer), '[]') as items,"
    " case when count(*) > $2::integer then max(id) filter (where n <= $2::integer)::text end"
    " as next_cursor from page) w");

enum pal_code emoji_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t after, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, v->org);
    pal_p_int(&p, limit);
    pal_p_id(&p, after);
    return pal_db_text(db, &sql_emoji_list, &p, arena, json, err);
}

/* encode() breaks its lines after 76 characters. An address with the version of another picture is
 * of one that is gone. */
PAL_STATEMENT(sql_emoji_image,
              "select json_build_object('content_type', e.media_type,"
              " 'data', translate(encode(e.data, 'base64'), E'\\n', ''), 'etag', e.hash,"
              " 'immutable', $3::text is not null) from emoji e"
              " where e.org_id = $1::bigint and e.name = $2::text"
              " and ($3::text is null or e.hash = $3::text)");

enum pal_code emoji_store_image(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str name, struct pal_str version, struct pal_str *json,
                                struct pal_error *err)
{
    struct pal_params p;
    params(&p, arena, v, name);
    pal_p_str(&p, version);
    return pal_db_text(db, &sql_emoji_image, &p, arena, json, err);
}
