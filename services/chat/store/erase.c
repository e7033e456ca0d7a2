/* SQL of erasing users. */
#include "store/erase.h"

/* A share holds the channel's head for some tens of milliseconds. */
enum { MESSAGES_AT_ONCE = 100, EVENTS_AT_ONCE = 2000 };

PAL_STATEMENT(sql_erase_begin,
              "select erasure_begin($1::bigint, $2::bigint, $3::text, $4::boolean)");

enum pal_code erase_store_begin(struct pal_db *db, struct pal_arena *arena,
                                const struct erased_user *u, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, u->user);
    pal_p_id(&p, u->org);
    pal_p_str(&p, u->username);
    pal_p_bool(&p, u->remove_content);
    return pal_db_exec(db, &sql_erase_begin, &p, NULL, err);
}

PAL_STATEMENT(
    sql_erase_member,
    "select e.user_id, e.org_id, m.channel_id from erasure e cross join lateral (select "
    "x.channel_id from member x join channel c on c.id = x.channel_id where x.user_id = e.user_id "
    "and c.type <> 'direct' and c.deleted_at is null order by x.channel_id limit 1) m where "
    "e.done_at is null and e.after_tx < pg_snapshot_xmin(pg_current_snapshot()) order by e.user_id "
    "limit 1");

enum pal_code erase_store_member(struct pal_db *db, struct erased_member *out,
                                 struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_erase_member, NULL, &rows, err);
    if (code == PAL_OK && rows.n > 0)
        *out = (struct erased_member){.user = (uint64_t)pal_row_int(&rows, 0, 0),
                                      .org = (uint64_t)pal_row_int(&rows, 0, 1),
                                      .channel = (uint64_t)pal_row_int(&rows, 0, 2)};
    return code;
}

PAL_STATEMENT(sql_erase_step, "select kind, org, usr, channel, seq, body"
                              " from erase_step($1::integer, $2::integer)");

enum pal_code erase_store_step(struct pal_db *db, struct pal_arena *arena, struct pal_rows *rows,
                               struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, MESSAGES_AT_ONCE);
    pal_p_int(&p, EVENTS_AT_ONCE);
    return pal_db_run(db, &sql_erase_step, &p, rows, err);
}
