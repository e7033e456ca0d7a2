/* SQL of reports. */
#include "store/report.h"

PAL_STATEMENT(SQL_REPORT_INSERT,
              "insert into report as r (org_id, message_id, channel_id, author_id, content, "
              "reported_by, reason) "
              "select (b->>'organization_id')::bigint, (b->>'message_id')::bigint, "
              "(b->>'channel_id')::bigint, "
              "(b->>'author_id')::bigint, b->>'content', (b->>'reported_by')::bigint, b->>'reason' "
              "from (select $1::json as b) s "
              "on conflict (message_id, reported_by) do nothing returning report_json(r)");

enum pal_code report_insert(struct pal_db *db, struct pal_arena *arena, struct pal_str body,
                            struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, body);
    return pal_db_text(db, &SQL_REPORT_INSERT, &p, arena, json, err);
}

PAL_STATEMENT(SQL_REPORT_PAGE,
              "with page as (select r.id, report_json(r) as item from report r where r.org_id = $1 "
              "and ($3::bigint is null or r.id < $3) and ($4::text is null or r.status = $4) order "
              "by r.id desc limit $2 + 1), "
              "shown as (select * from page order by id desc limit $2) "
              "select json_build_object('items', coalesce((select json_agg(item order by id desc) "
              "from shown), '[]'), "
              "'next_cursor', case when (select count(*) from page) > $2 then (select "
              "min(id)::text from shown) end)");

enum pal_code report_page(struct pal_db *db, struct pal_arena *arena, const struct page *page,
                          struct pal_str status, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    page_params(&p, arena, page);
    pal_p_str(&p, status);
    return pal_db_text(db, &SQL_REPORT_PAGE, &p, arena, json, err);
}

PAL_STATEMENT(SQL_REPORT_DECIDE,
              "update report r set status = $3, note = coalesce($4, note), "
              "reviewed_by = case when $3 = 'pending' then null else $5::bigint end, "
              "reviewed_at = case when $3 = 'pending' then null else statement_timestamp() end "
              "where r.org_id = $1 and r.id = $2 returning report_json(r)");

enum pal_code report_decide(struct pal_db *db, struct pal_arena *arena,
                            const struct report_decision *d, struct pal_str *json,
                            struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, d->org);
    pal_p_id(&p, d->id);
    pal_p_str(&p, d->status);
    pal_p_str(&p, d->note);
    pal_p_id(&p, d->reviewer);
    return pal_db_text(db, &SQL_REPORT_DECIDE, &p, arena, json, err);
}
