/* SQL for the channel that everybody is in: default_channel.h. */
#include "store/default_channel.h"

PAL_STATEMENT(
    sql_default_channel,
    "select coalesce((select d.channel_id from default_channel d where d.org_id = $1::bigint), 0),"
    " exists (select from channel c where c.org_id = $1::bigint and c.type <> 'direct')");

enum pal_code default_channel_get(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  struct default_channel *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_default_channel, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct default_channel){.channel = (uint64_t)pal_row_int(&rows, 0, 0),
                                        .others = pal_row_bool(&rows, 0, 1)};
    return code;
}

PAL_STATEMENT(sql_default_channel_set, "insert into default_channel (org_id, channel_id) values "
                                       "($1::bigint, $2::bigint)");

enum pal_code default_channel_set(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  uint64_t channel, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, channel);
    return pal_db_exec(db, &sql_default_channel_set, &p, NULL, err);
}
