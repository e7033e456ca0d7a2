/* SQL for messages: message.h. */
#include "store/message.h"

#include "gen/catalogue.h"

PAL_STATEMENT(
    sql_message_find,
    "select m.channel_id, m.user_id, m.seq, m.deleted_at is not null, m.content, message_json(m),"
    " coalesce(m.thread_id, m.id), m.in_channel from message m where m.id = $1::bigint");

enum pal_code message_store_find(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                 struct message_facts *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_message_find, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct message_facts){.channel = (uint64_t)pal_row_int(&rows, 0, 0),
                                  .author = (uint64_t)pal_row_int(&rows, 0, 1),
                                  .seq = (uint64_t)pal_row_int(&rows, 0, 2),
                                  .thread = (uint64_t)pal_row_int(&rows, 0, 6),
                                  .deleted = pal_row_bool(&rows, 0, 3),
                                  .in_channel = pal_row_bool(&rows, 0, 7)};
    code = pal_rows_text(&rows, 0, 4, arena, &out->content, err);
    return code != PAL_OK ? code : pal_rows_text(&rows, 0, 5, arena, &out->json, err);
}

PAL_STATEMENT(
    sql_message_update,
    "with v as (insert into message_version (message_id, version, content, created_at)"
    " select m.id, 1 + (select count(*) from message_version x where x.message_id = m.id), "
    "m.content,"
    " coalesce(m.edited_at, m.created_at) from message m where m.id = $3::bigint),"
    " n as (update message m set content = $4::text, edited_at = statement_timestamp(),"
    " mentions = mentioned($2::bigint, m.channel_id, r.names), mention_groups = r.groups,"
    " mention_all = r.everyone, extras = (m.extras & ~128)"
    "  | case when r.groups is null and r.everyone is null then 0 else 128 end"
    " from (select x.names, mentioned_groups($2::bigint, x.names) as groups,"
    "   case when $7::text is not null and may_mention_all(o.channel_id, $1::bigint, $2::bigint)"
    "    then $7::text end as everyone"
    "  from message o, lateral (select array(select lower(y) from unnest($5::text[]) y) as names) x"
    "  where o.id = $3::bigint offset 0) r"
    " where m.id = $3::bigint returning m, mentioned_outside($2::bigint, m.channel_id, r.names) as "
    "outside)"
    " select e.seq, e.body, case when n.outside is null then r.message else json_joined(r.message,"
    "  json_build_object('not_in_channel', n.outside)) end"
    " from n, lateral (select message_json(n.m) as message) r,"
    " lateral (select row_to_json(w) as rest from (select r.message) w) b,"
    " append_event((n.m).channel_id, $6::integer, 'message_edited', $2::bigint, $1::bigint, "
    "b.rest) e");

enum pal_code message_store_update(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, const struct message_edit *edit,
                                   struct logged *out, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, edit->message);
    pal_p_str(&p, edit->content);
    pal_p_strs(&p, edit->names, edit->n_names);
    pal_p_int(&p, PAL_EV_MESSAGE_EDITED);
    pal_p_str(&p, edit->everyone);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_message_update, &p, &rows, err);
    if (code == PAL_OK)
        code = pal_rows_text(&rows, 0, 1, arena, &out->body, err);
    if (code == PAL_OK)
        code = pal_rows_text(&rows, 0, 2, arena, json, err);
    if (code == PAL_OK)
        out->seq = (uint64_t)pal_row_int(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(sql_message_delete,
              "update message set deleted_at = statement_timestamp(), deleted_by = $2::bigint"
              " where id = $1::bigint and deleted_at is null");

/* Apart from the deletion, since it tells what that has made of the thread. */
PAL_STATEMENT(
    sql_message_deleted,
    "select e.seq, e.body from message m, lateral (select case when m.thread_id is null then"
    "  (select row_to_json(w) from (select m.id as message_id, $1::bigint as deleted_by) w) else"
    "  (select row_to_json(w) from (select m.id as message_id, $1::bigint as deleted_by,"
    "   m.thread_id, (select thread_json(t) from thread t where t.root_id = m.thread_id limit 1)"
    "   as thread) w) end as rest) b,"
    " append_event(m.channel_id, $4::integer, 'message_deleted', $2::bigint, $1::bigint, b.rest) e"
    " where m.id = $3::bigint");

enum pal_code message_store_delete(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t message, struct logged *out,
                                   struct pal_error *err)
{
    struct pal_params p;
    int64_t deleted = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    pal_p_id(&p, v->user);
    enum pal_code code = pal_db_exec(db, &sql_message_delete, &p, &deleted, err);
    if (code != PAL_OK || deleted == 0)
        return code;
    answer_params(&p, arena, v);
    pal_p_id(&p, message);
    pal_p_int(&p, PAL_EV_MESSAGE_DELETED);
    return answer_logged(db, &sql_message_deleted, &p, arena, out, err);
}

/* The newest versions that fit a frame; a message edited thousands of times has lost its oldest
 * here. */
PAL_STATEMENT(
    sql_message_history,
    "with all_versions as (select version, content, created_at from message_version where "
    "message_id = $1::bigint"
    " union all select 1 + (select count(*)::integer from message_version v where v.message_id = "
    "m.id), m.content,"
    " coalesce(m.edited_at, m.created_at) from message m where m.id = $1::bigint),"
    " shown as (select row_to_json(w) as json, w.version from (select version, content, "
    "iso(created_at) as created_at"
    " from all_versions) w),"
    " fitting as (select json, version, sum(octet_length(json::text)) over (order by version desc) "
    "as bytes from shown)"
    " select row_to_json(w) from (select coalesce(json_agg(json order by version), '[]') as items"
    " from fitting where bytes <= 800000) w");

enum pal_code message_store_history(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                    struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    return pal_db_text(db, &sql_message_history, &p, arena, json, err);
}

/* Each side of the pivot takes one row more than was asked for: if it is there, there is more. A
 * side ends early when its text gets long, so that a page always fits a frame. */
PAL_STATEMENT(
    sql_message_list,
    "with older as (select m.seq, m.json, row_number() over w as n, "
    "sum(octet_length(m.json::text)) over w as bytes"
    " from (select x.seq, message_json(x) as json from messages_at($1::bigint, array(select "
    "m.seq from message m where m.channel_id = $1::bigint and m.seq < $2::bigint"
    "  and (m.in_channel or $5::boolean) order by m.seq desc limit $3::integer + 1)) x) m"
    " window w as (order by m.seq desc)),"
    " newer as (select m.seq, m.json, row_number() over w as n, "
    "sum(octet_length(m.json::text)) over w as bytes"
    " from (select x.seq, message_json(x) as json from messages_at($1::bigint, array(select "
    "m.seq from message m where m.channel_id = $1::bigint and m.seq >= $2::bigint"
    "  and (m.in_channel or $5::boolean) order by m.seq limit $4::integer + 1)) x) m"
    " window w as (order by m.seq)),"
    " kept as (select seq, json from older where n <= $3::integer and bytes <= 400000"
    " union all select seq, json from newer where n <= $4::integer and bytes <= 400000)"
    " select row_to_json(w) from (select"
    " coalesce((select json_agg(json order by seq) from kept), '[]') as items,"
    " exists (select from older where n > $3::integer or bytes > 400000) as has_before,"
    " exists (select from newer where n > $4::integer or bytes > 400000) as has_after,"
    " (select h.seq from channel_head h where h.channel_id = $1::bigint) as head_seq) w");

enum pal_code message_store_list(struct pal_db *db, struct pal_arena *arena,
                                 const struct message_page *page, struct pal_str *json,
                                 struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, page->channel);
    pal_p_id(&p, page->pivot);
    pal_p_int(&p, page->older);
    pal_p_int(&p, page->newer);
    pal_p_bool(&p, page->replies);
    return pal_db_text(db, &sql_message_list, &p, arena, json, err);
}

PAL_STATEMENT(
    sql_message_report,
    "with r as (insert into message_report (message_id, user_id) values ($3::bigint, $1::bigint)"
    " on conflict do nothing returning message_id),"
    " b as (select row_to_json(w) as body from (select m.id as message_id, m.channel_id,"
    " $2::bigint as organization_id, m.user_id as author_id, m.content, $1::bigint as reported_by, "
    "$4::text as reason"
    " from message m join r on r.message_id = m.id) w)"
    " insert into event (kind, org_id, user_id, body) select $5::integer, $2::bigint, $1::bigint, "
    "b.body from b"
    " returning body");

enum pal_code message_store_report(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t message, struct pal_str reason,
                                   struct pal_str *body, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, message);
    pal_p_str(&p, reason);
    pal_p_int(&p, PAL_EV_MESSAGE_REPORTED);
    return pal_db_text(db, &sql_message_report, &p, arena, body, err);
}
