/* SQL for connections. */
#include "store/session.h"

#include "gen/catalogue.h"

/* Laterals with a limit: one look-up for each channel of the user, however many channels there are.
 */
PAL_STATEMENT(
    sql_session_channels,
    "select json_build_object('channels', coalesce(json_agg(json_build_object("
    "'channel_id', c.id, 'name', c.name, 'type', c.type, 'head_seq', h.seq, "
    "'read_seq', m.read_seq, 'joined_seq', m.joined_seq, 'role', m.role, "
    "'unread_count', h.messages - m.read_no, 'mention_count', m.mention_count + h.wide - "
    "m.wide_read) order by c.id), '[]')) "
    "from member m "
    "cross join lateral (select c.id, c.name, c.type from channel c where c.id = m.channel_id "
    "and c.org_id = $2 and c.deleted_at is null limit 1) c "
    "cross join lateral (select h.seq, h.messages, h.wide from channel_head h where h.channel_id = "
    "m.channel_id limit 1) h "
    "where m.user_id = $1");

enum pal_code session_channels(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    return pal_db_text(db, &sql_session_channels, &p, arena, json, err);
}

PAL_STATEMENT(
    sql_session_channel,
    "select m.user_id is not null, case when m.user_id is not null then json_build_object("
    "'channels', json_build_array(json_build_object('channel_id', c.id, 'name', c.name, "
    "'type', c.type, 'head_seq', h.seq, 'read_seq', m.read_seq, 'joined_seq', m.joined_seq, "
    "'role', m.role, 'unread_count', h.messages - m.read_no, 'mention_count', m.mention_count + "
    "h.wide - m.wide_read))) end, name_of($1) "
    "from channel c join channel_head h on h.channel_id = c.id "
    "left join member m on m.channel_id = c.id and m.user_id = $1 "
    "where c.id = $3 and c.org_id = $2 and c.deleted_at is null "
    "and (c.type = 'public' or m.user_id is not null)");

enum pal_code session_channel(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t channel, struct session_channel *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, channel);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_session_channel, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct session_channel){.visible = rows.n == 1};
    if (!out->visible)
        return PAL_OK;
    out->member = pal_row_bool(&rows, 0, 0);
    code = pal_rows_text(&rows, 0, 1, arena, &out->json, err);
    return code != PAL_OK ? code : pal_rows_text(&rows, 0, 2, arena, &out->username, err);
}

/* Events are taken in the order of the items and then of seq, as long as their text together stays
 * under $2. */
PAL_STATEMENT(sql_events_after,
              "with asked as (select (i->>'channel_id')::bigint as channel_id, "
              "(i->>'after')::bigint as after, "
              "coalesce((i->>'limit')::bigint, 2000) as most, n from json_array_elements($1::json) "
              "with ordinality s(i, n)), "
              "known as (select a.*, h.seq as head_seq, coalesce((select min(e.seq) from event e "
              "where e.channel_id = a.channel_id), h.seq + 1) as first_seq "
              "from asked a cross join lateral (select h.seq from channel_head h where "
              "h.channel_id = a.channel_id limit 1) h), "
              "found as (select k.n, e.seq, e.body, sum(octet_length(e.body::text)) over (order by "
              "k.n, e.seq) as bytes "
              "from known k cross join lateral events_between(k.channel_id, greatest(k.after, "
              "k.first_seq - 1), greatest(k.after, k.first_seq - 1) + k.most) e "
              "where k.head_seq > k.after), "
              "kept as (select n, json_agg(body order by seq) as events from found where bytes <= "
              "$2 group by n) "
              "select json_build_object('channels', "
              "coalesce(json_agg(json_build_object('channel_id', k.channel_id, "
              "'head_seq', k.head_seq, 'first_seq', k.first_seq, 'events', coalesce(kept.events, "
              "'[]')) order by k.n), '[]')) "
              "from known k left join kept using (n)");

enum pal_code events_after(struct pal_db *db, struct pal_arena *arena, struct pal_str items,
                           int64_t max_bytes, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, items);
    pal_p_int(&p, max_bytes);
    return pal_db_text(db, &sql_events_after, &p, arena, json, err);
}

/* In the order of the primary key, which is nearly that of time: the oldest are found at its start,
 * and when that one is young there is nothing to do. The limit is a constant, and the rows are
 * found by their place: a plan for any number of them would read the whole table. */
PAL_STATEMENT(sql_events_expire,
              "delete from event where ctid = any(array(select o.place from"
              " (select ctid as place, created_at from event order by tx, id limit 10000) o"
              " where o.created_at < now() - $1::bigint * interval '1 day'"
              " and (select e.created_at from event e order by e.tx, e.id limit 1)"
              " < now() - $1::bigint * interval '1 day'))");

enum pal_code events_expire(struct pal_db *db, struct pal_arena *arena, int64_t days,
                            int64_t *removed, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, days);
    return pal_db_exec(db, &sql_events_expire, &p, removed, err);
}

/* Bounded whatever the user is in: unread messages and mentions are differences, co-members are
 * looked for in the first 2000 rows; the channels' text stays under 600 kB. */
PAL_STATEMENT(
    sql_bootstrap,
    "with mine as (select c.id, l.at, row_number() over (order by l.at desc nulls "
    "last, c.id) as n"
    " from member m cross join lateral (select c.id from channel c where c.id = m.channel_id"
    "  and c.org_id = $2::bigint and c.deleted_at is null limit 1) c"
    " left join lateral (select g.created_at as at, g.seq from message g where g.channel_id = c.id"
    "  order by g.seq desc limit 1) l on true"
    " where m.user_id = $1::bigint and (m.hidden_seq = 0 or l.seq > m.hidden_seq) order by n limit "
    "1000),"
    " shown as materialized (select mine.n, row_to_json(w) as json from mine,"
    " lateral (select c.id, c.name, c.description, c.topic, c.org_id as organization_id, c.type, "
    "c.created_by,"
    "  iso(c.created_at) as created_at, c.is_archived, c.member_count, h.seq as head_seq, true as "
    "is_member, m.role,"
    "  m.read_seq, permissions_json(c.permissions) as permissions, channel_can(c, m.role, (select "
    "u.role from user_copy u where u.user_id = $1::bigint limit 1)) as can,"
    "  case when c.type = 'direct' then channel_users(c.id) end as users,"
    "  h.messages - m.read_no as unread_count, m.mention_count + h.wide - m.wide_read as "
    "mention_count"
    "  from channel c, channel_head h, member m where c.id = mine.id and h.channel_id = mine.id"
    "  and m.channel_id = mine.id and m.user_id = $1::bigint) w),"
    " fitting as (select n, json, sum(octet_length(json::text)) over (order by n) as bytes from "
    "shown),"
    " seen as (select distinct x.user_id from (select b.user_id from member a"
    "  join member b on b.channel_id = a.channel_id where a.user_id = $1::bigint limit 2000) x),"
    " near as materialized (select c.person from seen cross join lateral (select u as person from "
    "user_copy u"
    "  where u.user_id = seen.user_id and u.org_id = $2::bigint and u.is_active limit 1) c"
    "  order by lower((c.person).username), (c.person).user_id limit 200),"
    " far as (select u as person from user_copy u where u.org_id = $2::bigint and u.is_active"
    "  order by lower(u.username), u.user_id limit 400),"
    " people as (select person, row_number() over (order by is_near desc, "
    "lower((person).username),"
    "  (person).user_id) as n from (select person, true as is_near from near union all"
    "  select person, false from far where (person).user_id not in"
    "  (select (person).user_id from near)) x order by n limit 200)"
    " select row_to_json(w) from (select"
    " coalesce((select user_json(u) from user_copy u where u.user_id = $1::bigint), (select "
    "row_to_json(x) from"
    "  (select $1::bigint as id, name_of($1::bigint) as username, $2::bigint as organization_id) "
    "x)) as me,"
    " (select coalesce(json_agg(json order by n), '[]') from fitting where bytes <= 600000) as "
    "channels,"
    " (select coalesce(json_agg(user_json(person) order by n), '[]') from people) as users,"
    " thread_counts($1::bigint, $2::bigint) as threads,"
    " sidebar_json($1::bigint, $2::bigint) as sidebar,"
    " $3::json as settings) w");

enum pal_code bootstrap_read(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str settings, struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, settings);
    return pal_db_text(db, &sql_bootstrap, &p, arena, json, err);
}
