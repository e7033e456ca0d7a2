/* SQL of markers and counts: unread.h. What the counts are is told in migrations/0011_unread.sql.
 */
#include "store/unread.h"

PAL_STATEMENT(sql_read_mark_move,
              "select m.seq, m.unread, m.mentions, m.moved"
              " from move_marker($3::bigint, $1::bigint, $4::bigint, $5::boolean) m"
              " where $2::bigint is not null and m.seq is not null");

enum pal_code read_mark_move(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             const struct read_move *move, struct read_mark *out,
                             struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, move->channel);
    pal_p_int(&p, move->to);
    pal_p_bool(&p, move->back);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_read_mark_move, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *out = (struct read_mark){0};
    if (rows.n > 0)
        *out = (struct read_mark){.seq = pal_row_int(&rows, 0, 0),
                                  .unread = pal_row_int(&rows, 0, 1),
                                  .mentions = pal_row_int(&rows, 0, 2),
                                  .moved = pal_row_bool(&rows, 0, 3)};
    return PAL_OK;
}

/* One member after the other, in the order of the channels: the writer locks several in that order
 * too. */
PAL_STATEMENT(
    sql_read_mark_all,
    "with behind as materialized (select m.channel_id from member m"
    " cross join lateral (select from channel c where c.id = m.channel_id and c.org_id = $2::bigint"
    "  and c.deleted_at is null limit 1) c"
    " cross join lateral (select h.seq from channel_head h where h.channel_id = m.channel_id limit "
    "1) h"
    " where m.user_id = $1::bigint and m.read_seq < h.seq and ($3::json is null or m.channel_id in"
    "  (select i.id::bigint from json_array_elements_text($3::json) i (id)))"
    " order by m.channel_id limit $4::integer + 1),"
    " moved as materialized (select b.channel_id, v.seq, v.unread, v.mentions"
    " from (select channel_id from behind order by channel_id limit $4::integer) b"
    " cross join lateral move_marker(b.channel_id, $1::bigint, 9007199254740991, false) v"
    " where v.moved)"
    " select coalesce(json_agg(json_build_object('channel_id', channel_id, 'seq', seq,"
    " 'unread_count', unread, 'mention_count', mentions) order by channel_id), '[]'),"
    " count(*), (select count(*) from behind) > $4::integer from moved");

enum pal_code read_mark_all(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            struct pal_str channels, struct pal_str *json, int64_t *n, bool *more,
                            struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, channels);
    pal_p_int(&p, READ_ALL_MAX);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_read_mark_all, &p, &rows, err);
    if (code == PAL_OK)
        code = pal_rows_text(&rows, 0, 0, arena, json, err);
    if (code != PAL_OK)
        return code;
    *n = pal_row_int(&rows, 0, 1);
    *more = pal_row_bool(&rows, 0, 2);
    return PAL_OK;
}

PAL_STATEMENT(
    sql_unread_totals,
    "with t as materialized (select thread_counts($1::bigint, $2::bigint) as counts)"
    " select row_to_json(w) from (select count(*) filter (where u.unread > 0) as channels,"
    " coalesce(sum(u.unread), 0)::bigint as messages, coalesce(sum(u.mentions), "
    "0)::bigint as mentions,"
    " (select (t.counts->>'unread_count')::bigint from t) as threads,"
    " (select (t.counts->>'mention_count')::bigint from t) as thread_mentions"
    " from member m cross join lateral (select from channel c where c.id = m.channel_id"
    "  and c.org_id = $2::bigint and c.deleted_at is null limit 1) c"
    " cross join lateral (select h.messages - m.read_no as unread,"
    "  m.mention_count + h.wide - m.wide_read as mentions from channel_head h"
    "  where h.channel_id = m.channel_id limit 1) u"
    " where m.user_id = $1::bigint) w");

enum pal_code unread_totals(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    return pal_db_text(db, &sql_unread_totals, &p, arena, json, err);
}

/* seen_seq: who marks a message as unread has read it all the same. */
PAL_STATEMENT(
    sql_readers_list,
    "with readers as materialized (select m.user_id from member m"
    " where m.channel_id = $3::bigint and greatest(m.read_seq, m.seen_seq) >= $4::bigint"
    " and m.user_id <> $5::bigint and m.user_id <> $1::bigint and $2::bigint is not null"
    " and coalesce((select p.share_read_receipts from preference p where p.user_id = m.user_id),"
    "  true)),"
    " page as (select user_id, row_number() over (order by user_id) as n from readers"
    " where user_id > coalesce($6::bigint, 0) order by user_id limit $7::integer + 1),"
    " shown as (select p.n, p.user_id, coalesce(u.username, 'user-' || p.user_id) as username,"
    " coalesce(u.display_name, '') as display_name from page p left join user_copy u"
    " on u.user_id = p.user_id where p.n <= $7::integer)"
    " select row_to_json(w) from (select coalesce((select json_agg(json_build_object('user_id',"
    " user_id, 'username', username, 'display_name', display_name) order by n) from shown), '[]')"
    " as items, case when (select count(*) from page) > $7::integer then"
    " (select max(user_id)::text from shown) end as next_cursor,"
    " (select count(*) from readers) as count) w");

enum pal_code readers_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                           const struct reader_page *page, struct pal_str *json,
                           struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, page->channel);
    pal_p_id(&p, page->seq);
    pal_p_id(&p, page->author);
    pal_p_id(&p, page->after);
    pal_p_int(&p, page->limit);
    return pal_db_text(db, &sql_readers_list, &p, arena, json, err);
}
