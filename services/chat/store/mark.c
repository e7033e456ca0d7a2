/* SQL for reactions and pins: mark.h. */
#include "store/mark.h"

#include "gen/catalogue.h"

PAL_STATEMENT(
    sql_mark_subject,
    "select m.channel_id, m.deleted_at is not null from message m where m.id = $1::bigint");

enum pal_code mark_store_subject(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                 struct mark_subject *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_mark_subject, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct mark_subject){.channel = (uint64_t)pal_row_int(&rows, 0, 0),
                                     .deleted = pal_row_bool(&rows, 0, 1)};
    return code;
}

static void reaction_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v,
                            const struct reaction *r)
{
    answer_params(p, arena, v);
    pal_p_id(p, r->message);
    pal_p_str(p, r->emoji);
}

PAL_STATEMENT(
    sql_reaction_facts,
    "select (select count(*) from reaction_kind k where k.message_id = $3::bigint),"
    " exists (select from reaction_kind k where k.message_id = $3::bigint and k.emoji = $4::text),"
    " exists (select from reaction r where r.message_id = $3::bigint and r.emoji = $4::text"
    "  and r.user_id = $1::bigint) where $2::bigint is not null");

enum pal_code reaction_store_facts(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, const struct reaction *r,
                                   struct reaction_facts *out, struct pal_error *err)
{
    struct pal_params p;
    reaction_params(&p, arena, v, r);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_reaction_facts, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct reaction_facts){.kinds = pal_row_int(&rows, 0, 0),
                                       .known = pal_row_bool(&rows, 0, 1),
                                       .mine = pal_row_bool(&rows, 0, 2)};
    return code;
}

PAL_STATEMENT(
    sql_reaction_add,
    "with r as (insert into reaction (message_id, emoji, user_id, seq)"
    " select $3::bigint, $4::text, $1::bigint, h.seq + 1 from channel_head h"
    " where h.channel_id = $5::bigint on conflict do nothing returning message_id, emoji, seq),"
    " k as (insert into reaction_kind (message_id, emoji, seq, count)"
    " select message_id, emoji, seq, 1 from r"
    " on conflict (message_id, emoji) do update set count = reaction_kind.count + 1),"
    " b as (update message m set extras = m.extras | 2 from r"
    " where m.id = r.message_id and m.extras & 2 = 0)"
    " select e.seq, e.body from r, lateral (select row_to_json(w) as rest from"
    " (select r.message_id, $1::bigint as user_id, name_of($1::bigint) as username, r.emoji) w) t,"
    " append_event($5::bigint, $6::integer, 'reaction_added', $2::bigint, $1::bigint, t.rest) e");

enum pal_code reaction_store_add(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct reaction *r, struct logged *out,
                                 struct pal_error *err)
{
    struct pal_params p;
    reaction_params(&p, arena, v, r);
    pal_p_id(&p, r->channel);
    pal_p_int(&p, PAL_EV_REACTION_ADDED);
    return answer_logged(db, &sql_reaction_add, &p, arena, out, err);
}

/* The last one of its emoji takes the emoji with it, and the last of all the message's bit. */
PAL_STATEMENT(
    sql_reaction_remove,
    "with r as (delete from reaction where message_id = $3::bigint and emoji = $4::text"
    " and user_id = $1::bigint returning message_id, emoji),"
    " less as (update reaction_kind k set count = k.count - 1 from r"
    " where k.message_id = r.message_id and k.emoji = r.emoji and k.count > 1),"
    " none as (delete from reaction_kind k using r"
    " where k.message_id = r.message_id and k.emoji = r.emoji and k.count = 1"
    " returning k.message_id),"
    " b as (update message m set extras = m.extras & ~2 from none where m.id = none.message_id"
    " and not exists (select from reaction_kind k where k.message_id = none.message_id"
    "  and k.emoji <> $4::text))"
    " select e.seq, e.body from r, lateral (select row_to_json(w) as rest from"
    " (select r.message_id, $1::bigint as user_id, name_of($1::bigint) as username, r.emoji) w) t,"
    " append_event($5::bigint, $6::integer, 'reaction_removed', $2::bigint, $1::bigint, t.rest) e");

enum pal_code reaction_store_remove(struct pal_db *db, struct pal_arena *arena,
                                    const struct viewer *v, const struct reaction *r,
                                    struct logged *out, struct pal_error *err)
{
    struct pal_params p;
    reaction_params(&p, arena, v, r);
    pal_p_id(&p, r->channel);
    pal_p_int(&p, PAL_EV_REACTION_REMOVED);
    return answer_logged(db, &sql_reaction_remove, &p, arena, out, err);
}

PAL_STATEMENT(
    sql_reaction_list,
    "with page as (select r.seq, row_number() over (order by r.seq) as n,"
    " json_build_object('emoji', r.emoji, 'user_id', r.user_id, 'username', name_of(r.user_id),"
    "  'created_at', iso(r.created_at)) as json from (select * from reaction r"
    "  where r.message_id = $1::bigint and ($2::text is null or r.emoji = $2::text)"
    "  and r.seq > coalesce($4::bigint, 0) order by r.seq limit $3::integer + 1) r)"
    " select row_to_json(w) from (select"
    " coalesce(json_agg(json order by n) filter (where n <= $3::integer), '[]') as items,"
    " case when count(*) > $3::integer then max(seq) filter (where n <= $3::integer)::text end"
    " as next_cursor from page) w");

enum pal_code reaction_store_list(struct pal_db *db, struct pal_arena *arena,
                                  const struct reaction_page *page, struct pal_str *json,
                                  struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, page->message);
    pal_p_str(&p, page->emoji);
    pal_p_int(&p, page->limit);
    pal_p_id(&p, page->after);
    return pal_db_text(db, &sql_reaction_list, &p, arena, json, err);
}

PAL_STATEMENT(sql_pin_facts, "select (select count(*) from pin p where p.channel_id = $1::bigint),"
                             " exists (select from pin p where p.message_id = $2::bigint)");

enum pal_code pin_store_facts(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                              uint64_t message, struct pin_facts *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_pin_facts, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct pin_facts){.pins = pal_row_int(&rows, 0, 0),
                                  .pinned = pal_row_bool(&rows, 0, 1)};
    return code;
}

static void pin_params(struct pal_params *p, struct pal_arena *arena, const struct viewer *v,
                       uint64_t channel, uint64_t message)
{
    answer_params(p, arena, v);
    pal_p_id(p, channel);
    pal_p_id(p, message);
}

PAL_STATEMENT(
    sql_pin_add,
    "with p as (insert into pin (message_id, channel_id, user_id, seq)"
    " select $4::bigint, $3::bigint, $1::bigint, h.seq + 1 from channel_head h"
    " where h.channel_id = $3::bigint on conflict do nothing returning message_id),"
    " b as (update message m set extras = m.extras | 4 from p where m.id = p.message_id)"
    " select e.seq, e.body from p, lateral (select row_to_json(w) as rest from"
    " (select p.message_id, $1::bigint as user_id, name_of($1::bigint) as username) w) t,"
    " append_event($3::bigint, $5::integer, 'message_pinned', $2::bigint, $1::bigint, t.rest) e");

enum pal_code pin_store_add(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            uint64_t channel, uint64_t message, struct logged *out,
                            struct pal_error *err)
{
    struct pal_params p;
    pin_params(&p, arena, v, channel, message);
    pal_p_int(&p, PAL_EV_MESSAGE_PINNED);
    return answer_logged(db, &sql_pin_add, &p, arena, out, err);
}

PAL_STATEMENT(
    sql_pin_remove,
    "with p as (delete from pin where message_id = $4::bigint returning message_id),"
    " b as (update message m set extras = m.extras & ~4 from p where m.id = p.message_id)"
    " select e.seq, e.body from p, lateral (select row_to_json(w) as rest from"
    " (select p.message_id, $1::bigint as user_id, name_of($1::bigint) as username) w) t,"
    " append_event($3::bigint, $5::integer, 'message_unpinned', $2::bigint, $1::bigint, t.rest) e");

enum pal_code pin_store_remove(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               uint64_t channel, uint64_t message, struct logged *out,
                               struct pal_error *err)
{
    struct pal_params p;
    pin_params(&p, arena, v, channel, message);
    pal_p_int(&p, PAL_EV_MESSAGE_UNPINNED);
    return answer_logged(db, &sql_pin_remove, &p, arena, out, err);
}

/* One row more than was asked for tells that there is more; a page ends early when its text gets
 * long. */
PAL_STATEMENT(
    sql_pin_list,
    "with page as (select x.seq, x.json, row_number() over w as n,"
    " sum(octet_length(x.json::text)) over w as bytes from (select p.seq, g.json from pin p"
    "  cross join lateral (select message_json(m) as json from message m where m.id = p.message_id"
    "   and m.deleted_at is null limit 1) g"
    "  where p.channel_id = $1::bigint and ($3::bigint is null or p.seq < $3::bigint)"
    "  order by p.seq desc limit $2::integer + 1) x window w as (order by x.seq desc)),"
    " kept as (select * from page where n <= $2::integer and (bytes <= 600000 or n = 1))"
    " select row_to_json(w) from (select"
    " coalesce((select json_agg(json order by n) from kept), '[]') as items,"
    " case when (select count(*) from page) > (select count(*) from kept)"
    "  then (select min(seq)::text from kept) end as next_cursor) w");

enum pal_code pin_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                             int64_t limit, uint64_t before, struct pal_str *json,
                             struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, channel);
    pal_p_int(&p, limit);
    pal_p_id(&p, before);
    return pal_db_text(db, &sql_pin_list, &p, arena, json, err);
}

PAL_STATEMENT(sql_mark_drop, "select drop_marks($1::bigint)");

enum pal_code mark_store_drop(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                              struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    return pal_db_exec(db, &sql_mark_drop, &p, NULL, err);
}
