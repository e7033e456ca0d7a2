/* Uploaded pictures. */
#include "store/avatar.h"

#include "store/rows.h"

PAL_STATEMENT(avatar_put_sql,
              "insert into avatar (account_id, media_type, hash, data) values ($1, $2, $3, $4)"
              " on conflict (account_id) do update set media_type = excluded.media_type,"
              " hash = excluded.hash, data = excluded.data, created_at = now()");

enum pal_code avatar_store_put(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                               const char *media_type, struct pal_str hash, struct pal_str bytes,
                               struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_str(&p, pal_str_of(media_type));
    pal_p_str(&p, hash);
    pal_p_bytes(&p, bytes.p, bytes.n);
    return pal_db_exec(db, &avatar_put_sql, &p, NULL, err);
}

PAL_STATEMENT(avatar_delete_sql, "delete from avatar where account_id = $1");

enum pal_code avatar_store_delete(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                  struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    return pal_db_exec(db, &avatar_delete_sql, &p, NULL, err);
}

/* encode() breaks its lines after 76 characters. */
PAL_STATEMENT(avatar_json_sql,
              "select json_build_object('content_type', v.media_type,"
              " 'data', translate(encode(v.data, 'base64'), E'\\n', ''), 'etag', v.hash)"
              " from avatar v join account a on a.id = v.account_id"
              " where v.account_id = $2 and a.organization_id = $1");

enum pal_code avatar_store_json(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                uint64_t account, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, account);
    return store_text(db, &avatar_json_sql, &p, arena, json, err);
}
