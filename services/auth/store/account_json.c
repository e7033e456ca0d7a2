/* Users as clients see them. */
#include "store/account_json.h"

#include "store/rows.h"

PAL_STATEMENT(account_json_sql,
              "select user_json(a, $3) from account a where a.id = $2 and a.organization_id = $1");

enum pal_code account_json_get(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                               uint64_t id, bool with_email, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, id);
    pal_p_bool(&p, with_email);
    return store_text(db, &account_json_sql, &p, arena, json, err);
}

/* One row more than asked for tells whether there is a next page. */
PAL_STATEMENT(
    account_list_sql,
    "with page as ("
    " select a, lower(a.username) as name, row_number() over (order by lower(a.username)) as n"
    " from account a where a.organization_id = $1 and a.is_active = $2"
    " and ($3::smallint is null or a.role = $3)"
    " and ($4::text is null or strpos(lower(a.username), lower($4)) > 0"
    " or strpos(lower(a.display_name), lower($4)) > 0)"
    " and ($5::text is null or lower(a.username) > $5)"
    " order by lower(a.username) limit $6::bigint + 1)"
    " select jsonb_build_object("
    "'items', coalesce(jsonb_agg(user_json(page.a, $7 or (page.a).id = $8) order by n)"
    " filter (where n <= $6), '[]'),"
    "'next_cursor', case when count(*) > $6 then max(name) filter (where n = $6) end)"
    " from page");

enum pal_code account_json_list(struct pal_db *db, struct pal_arena *arena,
                                const struct account_query *q, struct pal_str *json,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, q->org);
    pal_p_bool(&p, q->active);
    pal_p_id(&p, (uint64_t)q->role);
    pal_p_str(&p, q->search);
    pal_p_str(&p, q->after);
    pal_p_int(&p, q->limit);
    pal_p_bool(&p, q->all_emails);
    pal_p_id(&p, q->caller);
    return store_text(db, &account_list_sql, &p, arena, json, err);
}

PAL_STATEMENT(account_by_ids_sql, "select jsonb_build_object('items', "
                                  "coalesce(jsonb_agg(user_json(a, false) order by w.n), '[]'),"
                                  " 'next_cursor', null)"
                                  " from unnest($2::bigint[]) with ordinality w (id, n)"
                                  " join account a on a.id = w.id and a.organization_id = $1");

enum pal_code account_json_by_ids(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  const int64_t *ids, size_t n, struct pal_str *json,
                                  struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_ints(&p, ids, n);
    return store_text(db, &account_by_ids_sql, &p, arena, json, err);
}
