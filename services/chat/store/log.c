/* SQL of the log. */
#include "store/log.h"

enum pal_code log_event_read(const struct pal_rows *rows, int col, struct pal_arena *arena,
                             struct log_event *out, struct pal_error *err)
{
    out->seq = rows->n > 0 ? (uint64_t)pal_row_int(rows, 0, col) : 0;
    return text_copy(rows, col + 1, arena, &out->body, err);
}

PAL_STATEMENT(SQL_LOG_APPEND, "select seq, body from append_event($1, $2, $3, $4, $5, "
                              "json_build_object($6::text, $7::json))");

enum pal_code log_append(struct pal_db *db, struct pal_arena *arena, const struct log_entry *e,
                         struct log_event *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, e->channel);
    pal_p_int(&p, e->kind);
    pal_p_str(&p, pal_str_of(e->type));
    pal_p_id(&p, e->org);
    pal_p_id(&p, e->user);
    pal_p_str(&p, pal_str_of(e->name));
    pal_p_str(&p, e->value);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &SQL_LOG_APPEND, &p, &rows, err);
    return code != PAL_OK ? code : log_event_read(&rows, 0, arena, out, err);
}

PAL_STATEMENT(SQL_LOG_APPEND_SILENT,
              "insert into event (kind, org_id, user_id, body) values ($1, $2, $3, $4)");

enum pal_code log_append_silent(struct pal_db *db, struct pal_arena *arena, uint16_t kind,
                                uint64_t org, uint64_t user, struct pal_str body,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, kind);
    pal_p_id(&p, org);
    pal_p_id(&p, user);
    pal_p_str(&p, body);
    return pal_db_exec(db, &SQL_LOG_APPEND_SILENT, &p, NULL, err);
}
