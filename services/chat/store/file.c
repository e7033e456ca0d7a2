/* SQL of files: file.h. */
#include "store/file.h"

#include "gen/catalogue.h"

enum { EXPIRE_AT_ONCE = 200, UNUSED_BLOB_MINUTES = 10 };

PAL_STATEMENT(
    sql_file_begin,
    "with f as (insert into file (user_id, org_id, filename, url_name, metadata, size,"
    " expires_at) values ($1::bigint, $2::bigint, normalize($3::text, NFC), $4::text, $5::text,"
    " $6::bigint, statement_timestamp() + $7::bigint * interval '1 ms')"
    " returning id, expires_at)"
    " select row_to_json(w) from (select f.id, iso(f.expires_at) as expires_at from f) w");

PAL_STATEMENT(sql_file_used, "select coalesce((select u.bytes from file_usage u"
                             " where u.org_id = $2::bigint and u.user_id = $1::bigint), 0),"
                             " coalesce((select u.bytes from file_usage u"
                             " where u.org_id = $2::bigint and u.user_id = 0), 0)");

enum pal_code file_store_begin(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               const struct new_file *f, struct pal_str *json,
                               struct file_used *used, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, f->filename);
    pal_p_str(&p, f->url_name);
    pal_p_str(&p, f->metadata);
    pal_p_int(&p, f->size);
    pal_p_int(&p, f->expiry_ms);
    enum pal_code code = pal_db_text(db, &sql_file_begin, &p, arena, json, err);
    if (code != PAL_OK)
        return code;
    answer_params(&p, arena, v);
    PAL_ROWS rows = {0};
    code = pal_db_run(db, &sql_file_used, &p, &rows, err);
    if (code == PAL_OK)
        *used = (struct file_used){pal_row_int(&rows, 0, 0), pal_row_int(&rows, 0, 1)};
    return code;
}

/* An upload that is not stored yet is never said to have come whole: its client would send no more,
 * and it is the last byte that has it stored. */
PAL_STATEMENT(
    sql_file_look,
    "select row_to_json(w) from (select f.id, f.state, f.size, case when f.state = 'ready'"
    " then f.received else least(f.received, greatest(f.size - 1, 0)) end as received,"
    " f.metadata,"
    " iso(f.expires_at) as expires_at from file f where f.id = $3::bigint"
    " and f.user_id = $1::bigint and f.org_id = $2::bigint"
    " and (f.expires_at is null or f.expires_at > statement_timestamp())) w");

enum pal_code file_store_look(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t file, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, file);
    return pal_db_text(db, &sql_file_look, &p, arena, json, err);
}

PAL_STATEMENT(sql_file_progress,
              "with f as (update file set received = $4::bigint,"
              " expires_at = statement_timestamp() + $5::bigint * interval '1 ms'"
              " where id = $3::bigint and user_id = $1::bigint and org_id = $2::bigint"
              " and state = 'uploading' and $4::bigint <= size returning expires_at)"
              " select row_to_json(w) from (select iso(f.expires_at) as expires_at from f) w");

enum pal_code file_store_progress(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, uint64_t file, int64_t received,
                                  int64_t expiry_ms, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, file);
    pal_p_int(&p, received);
    pal_p_int(&p, expiry_ms);
    return pal_db_text(db, &sql_file_progress, &p, arena, json, err);
}

/* The upsert locks the blob's row, so that a collection does not take it away meanwhile. */
PAL_STATEMENT(
    sql_file_finish,
    "with b as (insert into blob as b (hash, size, location) select $4::bytea, $5::bigint, $6::text"
    "  from file f where f.id = $3::bigint and f.user_id = $1::bigint and f.org_id = $2::bigint"
    "  and f.state = 'uploading'"
    "  on conflict (hash) do update set used_at = statement_timestamp() returning b.location),"
    " f as (update file f set state = 'ready', hash = $4::bytea, size = $5::bigint,"
    "  received = $5::bigint, mime_type = $7::text,"
    "  filename = coalesce(normalize($9::text, NFC), f.filename),"
    "  url_name = coalesce($10::text, f.url_name),"
    "  kind = case when is_picture($7::text, $5::bigint) then 'image' when $7::text like 'video/%' "
    "then"
    "   'video' when $7::text like 'audio/%' then 'audio' else 'file' end,"
    "  processing = case when is_picture($7::text, $5::bigint) then 'pending' when $7::text"
    "   like 'image/%' then 'failed' else 'none' end, due_at = statement_timestamp(),"
    "  expires_at = statement_timestamp() + $8::bigint * interval '1 ms'"
    "  from b where f.id = $3::bigint returning f, b.location)"
    " select row_to_json(w) from (select file_json(f.f) as file, f.location as kept from f) w");

enum pal_code file_store_finish(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                const struct done_file *f, struct pal_str *json,
                                struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, f->file);
    pal_p_bytes(&p, f->hash, 32);
    pal_p_int(&p, f->size);
    pal_p_str(&p, f->location);
    pal_p_str(&p, f->mime_type);
    pal_p_int(&p, f->expiry_ms);
    pal_p_str(&p, f->filename);
    pal_p_str(&p, f->url_name);
    return pal_db_text(db, &sql_file_finish, &p, arena, json, err);
}

PAL_STATEMENT(
    sql_file_find,
    "select f.id, f.user_id, f.org_id, f.message_id, m.channel_id, f.state = 'ready',"
    " m.deleted_at is not null or coalesce(f.expires_at <= statement_timestamp(), false),"
    " file_json(f), (select row_to_json(w) from (select f.id, f.filename, f.url_name, f.mime_type,"
    "  f.size, encode(f.hash, 'hex') as hash, b.location, f.processing in ('none', 'done') as shown"
    "  from blob b where b.hash = f.hash) w), f.processing = 'pending',"
    " (select row_to_json(w) from (select f.id, 'thumbnail.webp' as filename,"
    "  'thumbnail.webp' as url_name, 'image/webp' as mime_type, b.size, encode(b.hash, 'hex') as"
    "  hash, b.location, true as shown from blob b where b.hash = f.thumbnail_hash) w)"
    " from file f left join message m on m.id = f.message_id where f.id = $1::bigint");

enum pal_code file_store_find(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                              struct file_facts *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, file);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_file_find, &p, &rows, err);
    *out = (struct file_facts){0};
    if (code != PAL_OK || rows.n == 0)
        return code;
    *out = (struct file_facts){.id = (uint64_t)pal_row_int(&rows, 0, 0),
                               .user = (uint64_t)pal_row_int(&rows, 0, 1),
                               .org = (uint64_t)pal_row_int(&rows, 0, 2),
                               .message = (uint64_t)pal_row_int(&rows, 0, 3),
                               .channel = (uint64_t)pal_row_int(&rows, 0, 4),
                               .ready = pal_row_bool(&rows, 0, 5),
                               .gone = pal_row_bool(&rows, 0, 6)};
    code = pal_rows_text(&rows, 0, 7, arena, &out->json, err);
    if (code == PAL_OK)
        code = pal_rows_text(&rows, 0, 8, arena, &out->open, err);
    out->pending = pal_row_bool(&rows, 0, 9);
    if (code == PAL_OK && !pal_row_null(&rows, 0, 10))
        code = pal_rows_text(&rows, 0, 10, arena, &out->thumbnail, err);
    return code;
}

/* One row more than was asked for tells that there is more. */
PAL_STATEMENT(sql_file_list,
              "with page as (select x.id, x.json, row_number() over (order by x.id desc) as n"
              "  from (select f.id, file_json(f) as json from file f where f.user_id = $1::bigint"
              "   and f.org_id = $2::bigint and f.state = 'ready'"
              "   and (f.expires_at is null or f.expires_at > statement_timestamp())"
              "   and ($4::bigint = 0 or f.id < $4::bigint)"
              "   order by f.id desc limit $3::bigint + 1) x),"
              " kept as (select * from page where n <= $3::bigint)"
              " select row_to_json(w) from (select"
              " coalesce((select json_agg(json order by n) from kept), '[]') as items,"
              " case when (select count(*) from page) > $3::bigint"
              "  then (select min(id)::text from kept) end as next_cursor) w");

enum pal_code file_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              int64_t limit, uint64_t before, struct pal_str *json,
                              struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_int(&p, limit);
    pal_p_int(&p, (int64_t)before);
    return pal_db_text(db, &sql_file_list, &p, arena, json, err);
}

PAL_STATEMENT(sql_file_usage,
              "select json_object_agg(w.name, json_build_object('files', coalesce(u.files, 0),"
              " 'bytes', coalesce(u.bytes, 0), 'quota', nullif(w.quota, 0)))"
              " from (values ('user', $1::bigint, $3::bigint), ('organization', 0, $4::bigint))"
              " w (name, id, quota)"
              " left join file_usage u on u.org_id = $2::bigint and u.user_id = w.id");

enum pal_code file_store_usage(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t user_quota, int64_t org_quota, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_int(&p, user_quota);
    pal_p_int(&p, org_quota);
    return pal_db_text(db, &sql_file_usage, &p, arena, json, err);
}

PAL_STATEMENT(sql_file_delete, "delete from file where id = $3::bigint and user_id = $1::bigint"
                               " and org_id = $2::bigint and message_id is null");

enum pal_code file_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t file, bool *removed, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, file);
    return answer_changed(db, &sql_file_delete, &p, removed, err);
}

PAL_STATEMENT(sql_file_secret, "select secret from file_secret limit 1");

enum pal_code file_store_secret(struct pal_db *db, struct pal_arena *arena, uint8_t *out, size_t n,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_file_secret, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    struct pal_str secret = rows.n > 0 ? pal_row_bytes(&rows, 0, 0, arena) : PAL_STR("");
    if (secret.n != n)
        return pal_error_set(err, &pal_err_service_internal, "there is no secret for addresses");
    memcpy(out, secret.p, n);
    return PAL_OK;
}

/* ---- collection ---- */

PAL_STATEMENT(sql_file_expire, "delete from file where id in (select f.id from file f"
                               " where f.expires_at <= statement_timestamp() order by f.expires_at"
                               " limit $1::bigint for update skip locked)");

/* An upload that has just found a blob of its content has touched it and not told of its file yet:
 * the look at used_at is repeated on what it has committed, the look for files is not. */
PAL_STATEMENT(sql_blob_expire,
              "with due as materialized (select c.hash from blob_check c"
              "  where c.due_at <= statement_timestamp() order by c.due_at limit $1::bigint"
              "  for update skip locked),"
              " looked as (delete from blob_check where hash = any(array(select hash from due))),"
              " gone as (delete from blob b where b.hash = any(array(select hash from due))"
              "  and b.used_at < statement_timestamp() - $2::bigint * interval '1 minute'"
              "  and not exists (select from file f where f.hash = b.hash limit 1)"
              "  and not exists (select from file f where f.thumbnail_hash = b.hash limit 1)"
              "  returning b.location)"
              " insert into storage_drop select location from gone on conflict do nothing");

enum pal_code file_store_expire(struct pal_db *db, struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, EXPIRE_AT_ONCE);
    enum pal_code code = pal_db_exec(db, &sql_file_expire, &p, NULL, err);
    pal_p_int(&p, UNUSED_BLOB_MINUTES);
    return code != PAL_OK ? code : pal_db_exec(db, &sql_blob_expire, &p, NULL, err);
}

PAL_STATEMENT(sql_storage_dropped,
              "select d.location from storage_drop d where d.due_at <= now() order by d.due_at"
              " limit $1::bigint");

enum pal_code file_store_dropped(struct pal_db *db, struct pal_arena *arena, struct pal_str *out,
                                 size_t max, size_t *n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, (int64_t)max);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_storage_dropped, &p, &rows, err);
    *n = 0;
    for (int i = 0; code == PAL_OK && i < rows.n && *n < max; i++)
        code = pal_rows_text(&rows, i, 0, arena, &out[(*n)++], err);
    return code;
}

static enum pal_code with_locations(struct pal_db *db, const struct pal_statement *st,
                                    struct pal_arena *arena, const struct pal_str *locations,
                                    size_t n, struct pal_error *err)
{
    struct pal_params p;
    if (n == 0)
        return PAL_OK;
    pal_params_init(&p, arena);
    pal_p_strs(&p, locations, n);
    return pal_db_exec(db, st, &p, NULL, err);
}

PAL_STATEMENT(sql_storage_forgotten, "delete from storage_drop where location = any($1::text[])");

enum pal_code file_store_forgotten(struct pal_db *db, struct pal_arena *arena,
                                   const struct pal_str *locations, size_t n, struct pal_error *err)
{
    return with_locations(db, &sql_storage_forgotten, arena, locations, n, err);
}

PAL_STATEMENT(sql_storage_kept, "update storage_drop set due_at = now() + interval '10 minutes'"
                                " where location = any($1::text[])");

enum pal_code file_store_kept(struct pal_db *db, struct pal_arena *arena,
                              const struct pal_str *locations, size_t n, struct pal_error *err)
{
    return with_locations(db, &sql_storage_kept, arena, locations, n, err);
}
