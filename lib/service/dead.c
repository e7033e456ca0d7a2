/* Events that could not be applied: put away where an operator sees them, so that nothing blocks
 * for ever. */
#include "service/call.h"

#include <inttypes.h>

static const struct pal_statement sql_dead_event_put = {
    "sql_dead_event_put",
    "insert into dead_event (source, tx, id, kind, body, reason)"
    " values ($1::text, $2::xid8, $3::bigint, $4::integer, $5::json, $6::text)"
    " on conflict do nothing"};

enum pal_code pal_dead_event_put(struct pal_db *db, struct pal_arena *arena, const char *source,
                                 const struct pal_log_event *e, const char *reason,
                                 struct pal_error *err)
{
    struct pal_params p;
    char *tx = pal_arena_printf(arena, "%" PRIu64, e->at.tx);
    pal_params_init(&p, arena);
    pal_p_str(&p, pal_str_of(source));
    pal_p_str(&p, pal_str_of(tx));
    pal_p_int(&p, (int64_t)e->at.id);
    pal_p_int(&p, e->kind);
    pal_p_str(&p, e->body);
    pal_p_str(&p, pal_str_of(reason));
    return pal_db_exec(db, &sql_dead_event_put, &p, NULL, err);
}
