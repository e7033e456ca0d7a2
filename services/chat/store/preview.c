/* SQL for previews of links: preview.h. */
#include "store/preview.h"

#include "base/id.h"
#include "domain/links.h"
#include "gen/catalogue.h"
#include "store/channel.h"

#include <string.h>

PAL_STATEMENT(
    sql_preview_queue_posts,
    "insert into preview_task (channel_id, user_id, client_id)"
    " select * from unnest($1::bigint[], $2::bigint[], $3::uuid[]) on conflict do nothing");

static size_t with_links(const struct post *posts, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += posts[i].has_links;
    return count;
}

enum pal_code preview_store_queue_posts(struct pal_db *db, struct pal_arena *arena,
                                        const struct post *posts, size_t n, struct pal_error *err)
{
    struct pal_params p;
    size_t count = 0, all = with_links(posts, n);
    if (all == 0)
        return PAL_OK;
    int64_t *channels = pal_arena_alloc(arena, 2 * all * sizeof *channels);
    struct pal_str *ids = pal_arena_alloc(arena, all * sizeof *ids);
    char *text = pal_arena_alloc(arena, all * (PAL_UUID_LEN + 1));
    if (!channels || !ids || !text)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++) {
        if (!posts[i].has_links)
            continue;
        char *uuid = text + count * (PAL_UUID_LEN + 1);
        pal_uuid_format(posts[i].client_id, uuid);
        channels[count] = (int64_t)posts[i].channel;
        channels[all + count] = (int64_t)posts[i].user;
        ids[count++] = (struct pal_str){uuid, PAL_UUID_LEN};
    }
    pal_params_init(&p, arena);
    pal_p_ints(&p, channels, count);
    pal_p_ints(&p, channels + all, count);
    pal_p_strs(&p, ids, count);
    return pal_db_ahead(db, &sql_preview_queue_posts, &p, err);
}

PAL_STATEMENT(sql_preview_queue_edit, "insert into preview_task (channel_id, user_id, client_id)"
                                      " select m.channel_id, m.user_id, m.client_id from message m"
                                      " where m.id = $1::bigint and not m.previews_off"
                                      " on conflict (channel_id, user_id, client_id)"
                                      " do update set due_at = now(), tries = 0");

enum pal_code preview_store_queue_edit(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                       struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    return pal_db_exec(db, &sql_preview_queue_edit, &p, NULL, err);
}

/* A task that was taken comes again after some minutes, three times: then who took it has died of
 * it. One whose message was refused goes. */
PAL_STATEMENT(
    sql_preview_claim,
    "with due as (select t.ctid from preview_task t where t.due_at <= now() order by t.due_at"
    "  limit $1::integer for update skip locked),"
    " taken as (update preview_task t set tries = t.tries + 1,"
    "  due_at = now() + interval '2 minutes' * (t.tries + 1)"
    "  from due where t.ctid = due.ctid returning t.channel_id, t.user_id, t.client_id, t.tries),"
    " found as (select t.*, m.id, m.content, m.deleted_at, m.previews_off, c.org_id from taken t"
    "  left join message m on m.channel_id = t.channel_id and m.user_id = t.user_id"
    "   and m.client_id = t.client_id left join channel c on c.id = t.channel_id),"
    " gone as (delete from preview_task t using found f where t.channel_id = f.channel_id"
    "  and t.user_id = f.user_id and t.client_id = f.client_id and (f.id is null"
    "  or f.deleted_at is not null or f.previews_off or f.tries > 3))"
    " select id, channel_id, org_id, user_id, content from found"
    " where id is not null and deleted_at is null and not previews_off and tries <= 3");

enum pal_code preview_store_claim(struct pal_db *db, struct pal_arena *arena,
                                  struct preview_task *tasks, size_t *n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, (int64_t)*n);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_preview_claim, &p, &rows, err);
    size_t most = *n;
    *n = 0;
    for (int i = 0; code == PAL_OK && i < rows.n && *n < most; i++) {
        struct preview_task *t = &tasks[(*n)++];
        *t = (struct preview_task){.message = (uint64_t)pal_row_int(&rows, i, 0),
                                   .channel = (uint64_t)pal_row_int(&rows, i, 1),
                                   .org = (uint64_t)pal_row_int(&rows, i, 2),
                                   .author = (uint64_t)pal_row_int(&rows, i, 3)};
        code = pal_rows_text(&rows, i, 4, arena, &t->content, err);
    }
    return code;
}

PAL_STATEMENT(sql_preview_known,
              "select u.n, p.id from unnest($2::text[]) with ordinality u (url, n)"
              " cross join lateral (select p.id from preview p where p.org_id = $1::bigint"
              "  and p.url_hash = sha256(u.url::bytea) and p.fetched_at > now() - interval '1 day'"
              "  limit 1) p");

enum pal_code preview_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  struct preview_entry *entries, size_t n, struct pal_error *err)
{
    struct pal_params p;
    struct pal_str urls[LINKS_MAX];
    for (size_t i = 0; i < n && i < LINKS_MAX; i++)
        urls[i] = entries[i].url;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_strs(&p, urls, n < LINKS_MAX ? n : LINKS_MAX);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_preview_known, &p, &rows, err);
    for (int i = 0; code == PAL_OK && i < rows.n; i++)
        entries[pal_row_int(&rows, i, 0) - 1].id = (uint64_t)pal_row_int(&rows, i, 1);
    return code;
}

PAL_STATEMENT(
    sql_preview_add,
    "insert into preview (org_id, url, url_hash, title, description, site_name, image, image_type,"
    " image_width, image_height) values ($1::bigint, $2::text, sha256($2::text::bytea), $3::text,"
    " $4::text, $5::text, $6::bytea, $7::text, $8::integer, $9::integer)"
    " on conflict (org_id, url_hash) do update set title = excluded.title,"
    " description = excluded.description, site_name = excluded.site_name, image = excluded.image,"
    " image_type = excluded.image_type, image_width = excluded.image_width,"
    " image_height = excluded.image_height, fetched_at = now(),"
    " key = case when excluded.image is not distinct from preview.image then preview.key"
    "  else gen_random_uuid() end"
    " returning id");

enum pal_code preview_store_add(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                struct pal_str url, const struct preview_found *found, uint64_t *id,
                                struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_str(&p, url);
    pal_p_str(&p, pal_str_of(found->page->title));
    pal_p_str(&p, pal_str_of(found->page->description));
    pal_p_str(&p, pal_str_of(found->page->site));
    if (found->image.n > 0) {
        pal_p_bytes(&p, found->image.p, found->image.n);
        pal_p_str(&p, found->image_type);
        pal_p_int(&p, found->width);
        pal_p_int(&p, found->height);
    } else {
        for (int i = 0; i < 4; i++)
            pal_p_null(&p);
    }
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_preview_add, &p, &rows, err);
    if (code == PAL_OK)
        *id = (uint64_t)pal_row_int(&rows, 0, 0);
    return code;
}

/* An edit since puts the task back, and it is looked at once more. */
PAL_STATEMENT(
    sql_preview_settle,
    "with m as (select m.id, m.channel_id, m.user_id, m.client_id, m.extras from message m"
    "  where m.id = $1::bigint and m.deleted_at is null and not m.previews_off"
    "  and m.content = $2::text),"
    " wanted as (select p.id, u.n from unnest($3::bigint[]) with ordinality u (id, n)"
    "  join preview p on p.id = u.id where p.title <> '' or p.description <> ''"
    "  or p.image is not null),"
    " was as (select coalesce(array_agg(x.preview_id order by x.place), '{}') as ids"
    "  from message_preview x where x.message_id = $1::bigint),"
    " now as (select coalesce(array_agg(w.id order by w.n), '{}') as ids from wanted w),"
    " done as (delete from preview_task t using m where t.channel_id = m.channel_id"
    "  and t.user_id = m.user_id and t.client_id = m.client_id),"
    " gone as (delete from message_preview x using m where x.message_id = m.id"
    "  and x.preview_id not in (select id from wanted)),"
    " put as (insert into message_preview (message_id, place, preview_id)"
    "  select m.id, w.n, w.id from m, wanted w"
    "  on conflict (message_id, preview_id) do update set place = excluded.place)"
    " update message t set extras = case when now.ids = '{}' then m.extras & ~16 else m.extras | "
    "16 end"
    " from m, was, now where t.id = m.id and was.ids <> now.ids returning t.id");

PAL_STATEMENT(sql_preview_tell,
              "select e.seq, e.body from message m, lateral (select row_to_json(w) as rest from"
              " (select message_json(m) as message) w) b,"
              " append_event(m.channel_id, $2::integer, 'message_updated', $3::bigint, m.user_id,"
              " b.rest) e where m.id = $1::bigint");

static enum pal_code tell(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                          uint64_t org, struct logged *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    pal_p_int(&p, PAL_EV_MESSAGE_UPDATED);
    pal_p_id(&p, org);
    return answer_logged(db, &sql_preview_tell, &p, arena, out, err);
}

enum pal_code preview_store_settle(struct pal_db *db, struct pal_arena *arena,
                                   const struct preview_task *task, const int64_t *previews,
                                   size_t n, struct logged *out, struct pal_error *err)
{
    struct pal_params p;
    *out = (struct logged){0};
    enum pal_code code = channel_store_lock(db, arena, task->channel, err);
    if (code != PAL_OK)
        return code;
    pal_params_init(&p, arena);
    pal_p_id(&p, task->message);
    pal_p_str(&p, task->content);
    pal_p_ints(&p, previews, n);
    PAL_ROWS rows = {0};
    code = pal_db_run(db, &sql_preview_settle, &p, &rows, err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    return tell(db, arena, task->message, task->org, out, err);
}

PAL_STATEMENT(sql_preview_remove,
              "with gone as (delete from message_preview x where x.message_id = $1::bigint)"
              " update message m set previews_off = true, extras = m.extras & ~16"
              " where m.id = $1::bigint and not m.previews_off returning m.id");

enum pal_code preview_store_remove(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t message, struct logged *out,
                                   struct pal_error *err)
{
    struct pal_params p;
    *out = (struct logged){0};
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_preview_remove, &p, &rows, err);
    if (code != PAL_OK || rows.n == 0)
        return code;
    return tell(db, arena, message, v->org, out, err);
}

PAL_STATEMENT(
    sql_preview_image,
    "select json_build_object('content_type', p.image_type,"
    " 'data', translate(encode(p.image, 'base64'), E'\\n', ''), 'etag', left(p.key::text, 8), "
    "'immutable', true)"
    " from preview p where p.key = $2::uuid and p.org_id = $1::bigint and p.image is not null");

enum pal_code preview_store_image(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  struct pal_str key, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    *json = (struct pal_str){NULL, 0};
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_str(&p, key);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_preview_image, &p, &rows, err);
    return code != PAL_OK || rows.n == 0 ? code : pal_rows_text(&rows, 0, 0, arena, json, err);
}

PAL_STATEMENT(sql_preview_expire,
              "delete from preview p where p.ctid = any(array(select o.ctid from preview o"
              " where o.fetched_at < now() - interval '2 days' and not exists"
              " (select from message_preview x where x.preview_id = o.id)"
              " order by o.fetched_at limit 200))");

enum pal_code preview_store_expire(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &sql_preview_expire, NULL, NULL, err);
}
