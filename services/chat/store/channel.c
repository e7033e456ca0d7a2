/* SQL for channels: channel.h. */
#include "store/channel.h"

#include "gen/catalogue.h"

PAL_STATEMENT(sql_channel_lock,
              "select seq from channel_head where channel_id = $1::bigint for update");

enum pal_code channel_store_lock(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                 struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    return pal_db_exec(db, &sql_channel_lock, &p, NULL, err);
}

PAL_STATEMENT(
    sql_channel_place,
    "select c.type, c.is_archived, m.role, u.until is not null,"
    " case when u.until = 'infinity' then '' else iso(u.until) end, c.permissions"
    " from channel c left join member m on m.channel_id = c.id and m.user_id = $1::bigint,"
    " muted_until($1::bigint, $2::bigint) u (until)"
    " where c.id = $3::bigint and c.org_id = $2::bigint and c.deleted_at is null");

enum pal_code channel_store_place(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, uint64_t channel, struct place *out,
                                  struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_channel_place, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct place){.standing = {.exists = rows.n == 1}};
    if (rows.n == 0)
        return PAL_OK;
    out->standing.type = channel_type_of(pal_row_str(&rows, 0, 0));
    out->standing.archived = pal_row_bool(&rows, 0, 1);
    out->standing.in_channel = channel_role_of(pal_row_str(&rows, 0, 2));
    out->standing.muted = pal_row_bool(&rows, 0, 3);
    out->standing.permissions = (uint32_t)pal_row_int(&rows, 0, 5);
    return pal_rows_text(&rows, 0, 4, arena, &out->muted_until, err);
}

PAL_STATEMENT(
    sql_channel_create,
    "with c as (insert into channel (created_by, org_id, name, description, topic, type)"
    " values ($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::text) returning id)"
    " insert into channel_head (channel_id) select id from c returning channel_id");

enum pal_code channel_store_create(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, const struct channel_texts *t,
                                   uint64_t *channel, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, t->name);
    pal_p_str(&p, t->description);
    pal_p_str(&p, t->topic);
    pal_p_str(&p, t->type);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_channel_create, &p, &rows, err);
    if (code == PAL_OK)
        *channel = (uint64_t)pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(
    sql_channel_update,
    "with n as (select c.id, coalesce($2::text, c.name) as name,"
    " coalesce($3::text, c.description) as description, coalesce($4::text, c.topic) as topic,"
    " coalesce($5::boolean, c.is_archived) as is_archived, coalesce($6::text, c.type) as type"
    " from channel c where c.id = $1::bigint)"
    " update channel c set name = n.name, description = n.description, topic = n.topic,"
    " is_archived = n.is_archived, type = n.type from n where c.id = n.id"
    " and (c.name, c.description, c.topic, c.is_archived, c.type)"
    " is distinct from (n.name, n.description, n.topic, n.is_archived, n.type)");

enum pal_code channel_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                   const struct channel_texts *t, int archived, bool *changed,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_str(&p, t->name);
    pal_p_str(&p, t->description);
    pal_p_str(&p, t->topic);
    if (archived < 0)
        pal_p_null(&p);
    else
        pal_p_bool(&p, archived > 0);
    pal_p_str(&p, t->type);
    return answer_changed(db, &sql_channel_update, &p, changed, err);
}

PAL_STATEMENT(sql_channel_delete, "with d as (update channel set deleted_at = "
                                  "statement_timestamp() where id = $3::bigint returning id)"
                                  " select e.seq, e.body from d, append_event(d.id, $4::integer, "
                                  "'channel_deleted', $2::bigint, $1::bigint,"
                                  " json_build_object('deleted_by', $1::bigint)) e");

enum pal_code channel_store_delete(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t channel, struct logged *out,
                                   struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    pal_p_int(&p, PAL_EV_CHANNEL_DELETED);
    return answer_logged(db, &sql_channel_delete, &p, arena, out, err);
}

PAL_STATEMENT(sql_channel_log,
              "select e.seq, e.body from channel c join channel_head h on h.channel_id = c.id,"
              " lateral (select row_to_json(w) as rest from (select channel_json(c, h.seq + 1) as "
              "channel) w) r,"
              " append_event(c.id, $4::integer, $5::text, $2::bigint, $1::bigint, r.rest) e where "
              "c.id = $3::bigint");

enum pal_code channel_store_log(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t channel, bool created, struct logged *out,
                                struct pal_error *err)
{
    const struct pal_event *ev = created ? &pal_ev_channel_created : &pal_ev_channel_updated;
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    pal_p_int(&p, ev->id);
    pal_p_str(&p, pal_str_of(ev->ws_type));
    return answer_logged(db, &sql_channel_log, &p, arena, out, err);
}

PAL_STATEMENT(sql_channel_announcement, "select row_to_json(w) from (select 'channel_announced' as "
                                        "type, channel_json(c, h.seq) as channel"
                                        " from channel c join channel_head h on h.channel_id = c.id"
                                        " where c.id = $1::bigint and c.type = 'public') w");

enum pal_code channel_store_announcement(struct pal_db *db, struct pal_arena *arena,
                                         uint64_t channel, struct pal_str *json,
                                         struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    return pal_db_text(db, &sql_channel_announcement, &p, arena, json, err);
}

PAL_STATEMENT(sql_channel_get, "select channel_json_for(c, $1::bigint) from channel c"
                               " where c.id = $3::bigint and c.org_id = $2::bigint");

enum pal_code channel_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t channel, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    return pal_db_text(db, &sql_channel_get, &p, arena, json, err);
}

/* A page ends early when its text gets long ($7 bytes), so that it always fits a frame. */
PAL_STATEMENT(
    sql_channel_list,
    "with page as (select c, row_number() over (order by lower(c.name), c.id) as n from channel c"
    " left join member m on m.channel_id = c.id and m.user_id = $1::bigint"
    " where c.org_id = $2::bigint and c.deleted_at is null and c.is_archived = $4::boolean"
    " and (m.user_id is not null or (not $3::boolean and c.type = 'public'))"
    " and (coalesce(m.hidden_seq, 0) = 0 or exists (select from message x"
    "  where x.channel_id = c.id and x.seq > m.hidden_seq))"
    " and ($6::bigint is null or (lower(c.name), c.id) >"
    "  (select lower(x.name), x.id from channel x where x.id = $6::bigint and x.org_id = "
    "$2::bigint))"
    " order by lower(c.name), c.id limit $5::integer + 1),"
    " shown as (select p.n, (p.c).id, j.json,"
    " sum(octet_length(j.json::text)) over (order by p.n) <= $7::integer and p.n <= $5::integer as "
    "fits"
    " from page p, lateral (select channel_json_for(p.c, $1::bigint) as json offset 0) j)"
    " select row_to_json(w) from (select coalesce((select json_agg(json order by n) from shown "
    "where fits),"
    " '[]') as items, case when exists (select from shown where not fits) then"
    " (select id::text from shown where fits order by n desc limit 1) end as next_cursor) w");

enum { LIST_BYTES = 800 * 1000 };

enum pal_code channel_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct channel_page *page, struct pal_str *json,
                                 struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_bool(&p, page->mine);
    pal_p_bool(&p, page->archived);
    pal_p_int(&p, page->limit);
    pal_p_id(&p, page->after);
    pal_p_int(&p, LIST_BYTES);
    return pal_db_text(db, &sql_channel_list, &p, arena, json, err);
}
