/* SQL of the audit log. */
#include "store/audit.h"

PAL_STATEMENT(SQL_AUDIT_APPEND, "select audit_write($1, $2, $3, $4, $5)");

enum pal_code audit_append(struct pal_db *db, struct pal_arena *arena, const struct audit_entry *e,
                           struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, e->org);
    pal_p_id(&p, e->actor);
    pal_p_str(&p, pal_str_of(e->action));
    pal_p_str(&p, pal_str_of(e->target));
    pal_p_str(&p, e->details);
    return pal_db_exec(db, &SQL_AUDIT_APPEND, &p, NULL, err);
}

PAL_STATEMENT(SQL_AUDIT_PAGE, "with page as (select a.id, json_build_object('id', a.id, 'at', "
                              "iso(a.at), 'actor_id', a.actor_id, 'action', a.action, "
                              "'target', a.target, 'details', a.details, 'hash', encode(a.hash, "
                              "'hex')) as item from audit a where a.org_id = $1 "
                              "and ($3::bigint is null or a.id < $3) and ($4::text is null or "
                              "a.action = $4) order by a.id desc limit $2 + 1), "
                              "shown as (select * from page order by id desc limit $2) "
                              "select json_build_object('items', coalesce((select json_agg(item "
                              "order by id desc) from shown), '[]'), "
                              "'next_cursor', case when (select count(*) from page) > $2 then "
                              "(select min(id)::text from shown) end)");

enum pal_code audit_page(struct pal_db *db, struct pal_arena *arena, const struct page *page,
                         struct pal_str action, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    page_params(&p, arena, page);
    pal_p_str(&p, action);
    return pal_db_text(db, &SQL_AUDIT_PAGE, &p, arena, json, err);
}
