/* SQL of --verify: verify.h. Everything in pieces, none of which takes long. */
#include "store/verify.h"

PAL_STATEMENT(sql_verify_channels,
              "select h.channel_id, h.seq, coalesce((select m.seq from message m"
              "  where m.channel_id = h.channel_id order by m.seq desc limit 1), 0),"
              " c.created_at < now() - $2::bigint * interval '1 day'"
              " from channel_head h join channel c on c.id = h.channel_id"
              " where h.channel_id > $1::bigint order by h.channel_id limit $3::bigint");

enum pal_code verify_store_channels(struct pal_db *db, struct pal_arena *arena, uint64_t after,
                                    int64_t keep_days, struct verify_channel *out, size_t *n,
                                    struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, (int64_t)after);
    pal_p_int(&p, keep_days);
    pal_p_int(&p, VERIFY_CHANNELS);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_verify_channels, &p, &rows, err);
    *n = 0;
    for (int i = 0; code == PAL_OK && i < rows.n; i++)
        out[(*n)++] = (struct verify_channel){.id = (uint64_t)pal_row_int(&rows, i, 0),
                                              .head = pal_row_int(&rows, i, 1),
                                              .message = pal_row_int(&rows, i, 2),
                                              .old = pal_row_bool(&rows, i, 3)};
    return code;
}

PAL_STATEMENT(sql_verify_piece,
              "select count(*), coalesce(min(w.seq), 0), coalesce(max(w.seq), 0),"
              " coalesce(min(w.before) filter (where w.seq <> w.before + 1), -1)"
              " from (select s.seq, lag(s.seq, 1, nullif($2::bigint, 0)) over (order by s.seq)"
              "  as before from (select e.seq from event e where e.channel_id = $1::bigint"
              "  and e.seq > $2::bigint order by e.seq limit $3::bigint) s) w");

enum pal_code verify_store_piece(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                 int64_t after, struct verify_piece *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_int(&p, after);
    pal_p_int(&p, VERIFY_EVENTS);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_verify_piece, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct verify_piece){.n = pal_row_int(&rows, 0, 0),
                                     .first = pal_row_int(&rows, 0, 1),
                                     .last = pal_row_int(&rows, 0, 2),
                                     .gap = pal_row_int(&rows, 0, 3)};
    return code;
}

PAL_STATEMENT(sql_verify_ahead,
              "select count(*) from event e where e.tx >= pg_snapshot_xmax(pg_current_snapshot())");

enum pal_code verify_store_ahead(struct pal_db *db, int64_t *n, struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_verify_ahead, NULL, &rows, err);
    if (code == PAL_OK)
        *n = pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(sql_verify_blobs,
              "select b.hash, b.size, b.location from blob b where b.hash > $1::bytea"
              " and (exists (select from file f where f.hash = b.hash)"
              "  or exists (select from file f where f.thumbnail_hash = b.hash))"
              " order by b.hash limit $2::bigint");

enum pal_code verify_store_blobs(struct pal_db *db, struct pal_arena *arena, struct pal_str after,
                                 struct verify_blob *out, size_t *n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, after.p, after.n);
    pal_p_int(&p, VERIFY_BLOBS);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_verify_blobs, &p, &rows, err);
    *n = 0;
    for (int i = 0; code == PAL_OK && i < rows.n; i++) {
        struct verify_blob *b = &out[(*n)++];
        b->hash = pal_row_bytes(&rows, i, 0, arena);
        b->size = pal_row_int(&rows, i, 1);
        code = pal_rows_text(&rows, i, 2, arena, &b->location, err);
    }
    return code;
}

PAL_STATEMENT(sql_verify_used,
              "select exists (select from file f where f.hash = $1::bytea)"
              " or exists (select from file f where f.thumbnail_hash = $1::bytea)");

enum pal_code verify_store_used(struct pal_db *db, struct pal_arena *arena, struct pal_str hash,
                                bool *used, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, hash.p, hash.n);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_verify_used, &p, &rows, err);
    if (code == PAL_OK)
        *used = pal_row_bool(&rows, 0, 0);
    return code;
}
