/* Invitations. */
#include "store/invitation.h"

#include "store/rows.h"

PAL_STATEMENT(invitation_insert_sql,
              "insert into invitation as i"
              " (organization_id, token_hash, email, role, max_uses, created_by, expires_at)"
              " values ($1, $2, $3, $4, $5, $6, $7) returning i.id, invitation_json(i)");

enum pal_code invitation_store_insert(struct pal_db *db, struct pal_arena *arena,
                                      const struct new_invitation *i, uint64_t *id,
                                      struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, i->org);
    pal_p_bytes(&p, i->token_hash, 32);
    pal_p_str(&p, i->email_key);
    pal_p_int(&p, i->role);
    pal_p_int(&p, i->max_uses);
    pal_p_id(&p, i->created_by);
    pal_p_time(&p, i->expires_ms);
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &invitation_insert_sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *id = (uint64_t)pal_row_int(&rows, 0, 0);
    return row_text(&rows, 0, 1, arena, json, err) ? PAL_OK : PAL_INTERNAL;
}

PAL_STATEMENT(
    invitation_use_sql,
    "update invitation i set uses = uses + 1 from account a, organization o"
    " where (i.token_hash = $1 or i.id = (select t.invitation_id from mail_token t"
    " where t.hash = $1 and t.expires_at > now())) and i.uses < i.max_uses and i.expires_at > now()"
    " and (i.email is null or i.email = $2)"
    " and a.id = i.created_by and a.is_active and a.role >= 2 and a.role >= i.role"
    " and o.id = i.organization_id and o.is_active"
    " returning i.organization_id, i.role, i.token_hash <> $1");

enum pal_code invitation_store_use(struct pal_db *db, struct pal_arena *arena,
                                   const uint8_t token_hash[32], struct pal_str email_key,
                                   struct invitation_use *out, struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, token_hash, 32);
    pal_p_str(&p, email_key);
    enum pal_code code = pal_db_run(db, &invitation_use_sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct invitation_use){0};
    if (rows.n > 0)
        *out = (struct invitation_use){.org = (uint64_t)pal_row_int(&rows, 0, 0),
                                       .role = (int)pal_row_int(&rows, 0, 1),
                                       .mailed = pal_row_bool(&rows, 0, 2)};
    return PAL_OK;
}

PAL_STATEMENT(
    invitation_list_sql,
    "with page as (select i, row_number() over (order by i.id desc) as n from invitation i"
    " where i.organization_id = $1 and ($2::bigint is null or i.id < $2)"
    " and i.uses < i.max_uses and i.expires_at > now() order by i.id desc limit $3::bigint + 1)"
    " select jsonb_build_object('items', coalesce(jsonb_agg(invitation_json(page.i) order by n)"
    " filter (where n <= $3), '[]'), 'next_cursor',"
    " case when count(*) > $3 then (min((page.i).id) filter (where n = $3))::text end) from page");

enum pal_code invitation_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                    uint64_t before, int limit, struct pal_str *json,
                                    struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, before);
    pal_p_int(&p, limit);
    return store_text(db, &invitation_list_sql, &p, arena, json, err);
}

PAL_STATEMENT(invitation_delete_sql,
              "delete from invitation where id = $2 and organization_id = $1");

enum pal_code invitation_store_delete(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                      uint64_t id, bool *found, struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, id);
    enum pal_code code = pal_db_exec(db, &invitation_delete_sql, &p, &n, err);
    if (code == PAL_OK)
        *found = n > 0;
    return code;
}

PAL_STATEMENT(invitation_expire_sql,
              "delete from invitation where expires_at < now() - interval '7 days'");

enum pal_code invitation_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &invitation_expire_sql, NULL, NULL, err);
}
