/* SQL for uploaded pictures: picture.h. */
#include "store/picture.h"

#include "gen/catalogue.h"

enum { TRIES = 3 };

/* The ids are of the files' own sequence, so that no part and no location is ever used twice. */
PAL_STATEMENT(sql_picture_claim,
              "with due as (select f.id from file f where f.processing = 'pending'"
              "  and f.due_at <= now() order by f.due_at limit 1 for update skip locked),"
              " taken as (update file f set tries = f.tries + 1,"
              "  due_at = now() + interval '2 minutes' * (f.tries + 1)"
              "  from due where f.id = due.id returning f.id, f.tries, f.hash)"
              " select t.id, t.tries > $1::integer, b.location, nextval('file_id_seq'),"
              " nextval('file_id_seq'), b.size from taken t join blob b on b.hash = t.hash");

enum pal_code picture_store_claim(struct pal_db *db, struct pal_arena *arena,
                                  struct picture_task *out, struct pal_error *err)
{
    struct pal_params p;
    *out = (struct picture_task){0};
    pal_params_init(&p, arena);
    pal_p_int(&p, TRIES);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_picture_claim, &p, &rows, err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    *out = (struct picture_task){.file = (uint64_t)pal_row_int(&rows, 0, 0),
                                 .hopeless = pal_row_bool(&rows, 0, 1),
                                 .part = (uint64_t)pal_row_int(&rows, 0, 3),
                                 .thumbnail = (uint64_t)pal_row_int(&rows, 0, 4),
                                 .size = pal_row_int(&rows, 0, 5)};
    return pal_rows_text(&rows, 0, 2, arena, &out->location, err);
}

PAL_STATEMENT(sql_picture_place,
              "select f.message_id, case when m.deleted_at is null then m.channel_id end, f.org_id,"
              " f.user_id from file f left join message m on m.id = f.message_id"
              " where f.id = $1::bigint and f.processing = 'pending'");

enum pal_code picture_store_place(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                                  bool *there, struct picture_place *out, struct pal_error *err)
{
    struct pal_params p;
    *out = (struct picture_place){0};
    pal_params_init(&p, arena);
    pal_p_id(&p, file);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_picture_place, &p, &rows, err);
    *there = code == PAL_OK && rows.n > 0;
    if (*there)
        *out = (struct picture_place){.message = (uint64_t)pal_row_int(&rows, 0, 0),
                                      .channel = (uint64_t)pal_row_int(&rows, 0, 1),
                                      .org = (uint64_t)pal_row_int(&rows, 0, 2),
                                      .author = (uint64_t)pal_row_int(&rows, 0, 3)};
    return code;
}

/* The upload's blob is looked at by the collection afterwards, like those of deleted files. What
 * was stored of a content that is there already is dropped. */
PAL_STATEMENT(
    sql_picture_done,
    "with old as materialized (select f.id, f.hash from file f where f.id = $1::bigint"
    "  and f.processing = 'pending' and f.message_id is not distinct from $2::bigint for update),"
    " made as materialized (select w.* from old, (values ($3::bytea, $4::bigint, $5::text),"
    "  ($10::bytea, $11::bigint, $12::text)) w (hash, size, location)),"
    " put as (insert into blob as b (hash, size, location)"
    "  select distinct on (m.hash) m.hash, m.size, m.location from made m order by m.hash"
    "  on conflict (hash) do update set used_at = statement_timestamp() returning b.location),"
    " dropped as (insert into storage_drop select m.location from made m"
    "  where m.location not in (select location from put) on conflict do nothing),"
    " checked as (insert into blob_check select o.hash, now() + interval '10 minutes' from old o"
    "  on conflict (hash) do update set due_at = excluded.due_at)"
    " update file f set hash = $3::bytea, size = $4::bigint, mime_type = $6::text, kind = 'image',"
    " processing = 'done', width = $7::integer, height = $8::integer, colour = $9::text,"
    " thumbnail_hash = $10::bytea, thumbnails = jsonb_build_array(jsonb_build_object("
    "  'url', '/files/' || f.id || '/thumbnail', 'width', $13::integer, 'height', $14::integer))"
    " from old where f.id = old.id");

static void add_blob(struct pal_params *p, const struct picture_blob *b)
{
    pal_p_bytes(p, b->stored->hash, STORAGE_HASH);
    pal_p_int(p, b->size);
    pal_p_str(p, pal_str_of(b->stored->location));
}

enum pal_code picture_store_done(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                                 uint64_t message, const struct picture_made *made, bool *settled,
                                 struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, file);
    pal_p_id(&p, message);
    add_blob(&p, &made->picture);
    pal_p_str(&p, made->picture.type);
    pal_p_int(&p, made->picture.width);
    pal_p_int(&p, made->picture.height);
    pal_p_str(&p, made->colour);
    add_blob(&p, &made->thumbnail);
    pal_p_int(&p, made->thumbnail.width);
    pal_p_int(&p, made->thumbnail.height);
    enum pal_code code = pal_db_exec(db, &sql_picture_done, &p, &n, err);
    *settled = n > 0;
    return code;
}

PAL_STATEMENT(sql_picture_failed,
              "update file f set"
              " processing = case when $3::boolean or f.tries >= $4::integer then 'failed'"
              "  else 'pending' end,"
              " kind = case when $3::boolean or f.tries >= $4::integer then 'file' else f.kind end,"
              " due_at = now() + interval '2 seconds' * f.tries * f.tries"
              " where f.id = $1::bigint and f.processing = 'pending'"
              " and f.message_id is not distinct from $2::bigint"
              " returning f.processing = 'failed'");

enum pal_code picture_store_failed(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                                   uint64_t message, bool refused, bool *settled, bool *ended,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, file);
    pal_p_id(&p, message);
    pal_p_bool(&p, refused);
    pal_p_int(&p, TRIES);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_picture_failed, &p, &rows, err);
    *settled = code == PAL_OK && rows.n > 0;
    *ended = *settled && pal_row_bool(&rows, 0, 0);
    return code;
}

/* Not what a commit whose answer was lost has kept. */
PAL_STATEMENT(sql_picture_drop, "insert into storage_drop select u.l from unnest($1::text[]) u (l)"
                                " where not exists (select from blob b where b.location = u.l)"
                                " on conflict do nothing");

enum pal_code picture_store_drop(struct pal_db *db, struct pal_arena *arena,
                                 const struct pal_str *locations, size_t n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_strs(&p, locations, n);
    return pal_db_exec(db, &sql_picture_drop, &p, NULL, err);
}

PAL_STATEMENT(sql_picture_tell,
              "select e.seq, e.body from message m, lateral (select row_to_json(w) as rest from"
              " (select message_json(m) as message) w) b,"
              " append_event(m.channel_id, $2::integer, 'message_updated', $3::bigint, m.user_id,"
              " b.rest) e where m.id = $1::bigint and m.deleted_at is null");

enum pal_code picture_store_tell(struct pal_db *db, struct pal_arena *arena,
                                 const struct picture_place *place, struct logged *out,
                                 struct pal_error *err)
{
    struct pal_params p;
    *out = (struct logged){0};
    pal_params_init(&p, arena);
    pal_p_id(&p, place->message);
    pal_p_int(&p, PAL_EV_MESSAGE_UPDATED);
    pal_p_id(&p, place->org);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_picture_tell, &p, &rows, err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    out->seq = (uint64_t)pal_row_int(&rows, 0, 0);
    return pal_rows_text(&rows, 0, 1, arena, &out->body, err);
}
