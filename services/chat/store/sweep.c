/* SQL of the sweep: sweep.h. */
#include "store/sweep.h"

PAL_STATEMENT(sql_sweep_claim,
              "update storage_sweep set due_at = now() + interval '10 minutes' where place ="
              " (select s.place from storage_sweep s where s.due_at <= now() order by s.due_at"
              "  limit 1 for update skip locked) returning place, after");

enum pal_code sweep_store_claim(struct pal_db *db, struct pal_arena *arena, struct sweep_task *out,
                                struct pal_error *err)
{
    struct pal_params p;
    *out = (struct sweep_task){{NULL, 0}, {NULL, 0}};
    pal_params_init(&p, arena);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_sweep_claim, &p, &rows, err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    code = pal_rows_text(&rows, 0, 0, arena, &out->place, err);
    return code == PAL_OK ? pal_rows_text(&rows, 0, 1, arena, &out->after, err) : code;
}

/* An upload that ends just now has its row until the same transaction makes its blob. */
PAL_STATEMENT(sql_sweep_drop,
              "insert into storage_drop select u.location"
              " from unnest($1::text[], $2::bigint[]) u (location, file)"
              " where not exists (select from blob b where b.location = u.location)"
              " and not exists (select from file f where f.id = u.file and f.state = 'uploading')"
              " on conflict do nothing");

enum pal_code sweep_store_drop(struct pal_db *db, struct pal_arena *arena,
                               const struct pal_str *locations, const struct pal_str *files,
                               size_t count, int64_t *n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_strs(&p, locations, count);
    pal_p_strs(&p, files, count);
    return pal_db_exec(db, &sql_sweep_drop, &p, n, err);
}

PAL_STATEMENT(sql_sweep_next,
              "update storage_sweep set after = $2::text, due_at = now() + case when $2::text = ''"
              " then interval '1 day' else interval '0' end where place = $1::text");

enum pal_code sweep_store_next(struct pal_db *db, struct pal_arena *arena, struct pal_str place,
                               struct pal_str after, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, place);
    pal_p_str(&p, after);
    return pal_db_exec(db, &sql_sweep_next, &p, NULL, err);
}
