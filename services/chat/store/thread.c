/* SQL for threads: thread.h. */
#include "store/thread.h"

PAL_STATEMENT(
    sql_thread_find,
    "select r.channel_id, r.id, r.seq, r.deleted_at is not null, t.root_id is not null"
    " from message m cross join lateral (select r.id, r.channel_id, r.seq, r.deleted_at"
    "  from message r where r.id = coalesce(m.thread_id, m.id) limit 1) r"
    " left join lateral (select t.root_id from thread t where t.root_id = r.id limit 1) t on true"
    " where m.id = $1::bigint");

enum pal_code thread_store_find(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                struct thread_facts *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, message);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_thread_find, &p, &rows, err);
    if (code == PAL_OK)
        *out = (struct thread_facts){.channel = (uint64_t)pal_row_int(&rows, 0, 0),
                                     .root = (uint64_t)pal_row_int(&rows, 0, 1),
                                     .root_seq = (uint64_t)pal_row_int(&rows, 0, 2),
                                     .root_deleted = pal_row_bool(&rows, 0, 3),
                                     .begun = pal_row_bool(&rows, 0, 4)};
    return code;
}

/* As sql_message_list. */
PAL_STATEMENT(
    sql_thread_get,
    "with older as (select seq, json, row_number() over w as n,"
    "  sum(octet_length(json::text)) over w as bytes from"
    "  (select m.seq, message_json(m) as json from message m where m.thread_id = $3::bigint"
    "   and m.seq < $5::bigint order by m.seq desc limit $6::integer + 1) x"
    "  window w as (order by seq desc)),"
    " newer as (select seq, json, row_number() over w as n,"
    "  sum(octet_length(json::text)) over w as bytes from"
    "  (select m.seq, message_json(m) as json from message m where m.thread_id = $3::bigint"
    "   and m.seq >= $5::bigint order by m.seq limit $7::integer + 1) x"
    "  window w as (order by seq)),"
    " kept as (select seq, json from older where n <= $6::integer and bytes <= 400000"
    "  union all select seq, json from newer where n <= $7::integer and bytes <= 400000)"
    " select row_to_json(w) from (select"
    "  (select message_json(m) from message m where m.id = $3::bigint) as root,"
    "  coalesce((select json_agg(json order by seq) from kept), '[]') as items,"
    "  exists (select from older where n > $6::integer or bytes > 400000) as has_before,"
    "  exists (select from newer where n > $7::integer or bytes > 400000) as has_after,"
    "  (select h.seq from channel_head h where h.channel_id = $4::bigint) as head_seq,"
    "  thread_state($3::bigint, $4::bigint, $1::bigint) as state where $2::bigint is not null) w");

enum pal_code thread_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               const struct thread_page *page, struct pal_str *json,
                               struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, page->root);
    pal_p_id(&p, page->channel);
    pal_p_id(&p, page->pivot);
    pal_p_int(&p, page->older);
    pal_p_int(&p, page->newer);
    return pal_db_text(db, &sql_thread_get, &p, arena, json, err);
}

/* One look-up of each kind for each thread that the viewer follows; what they say is read for those
 * on the page only, and a page ends early when their text gets long. */
PAL_STATEMENT(
    sql_thread_list,
    "with page as materialized (select f.root_id, t.channel_id, t.last_reply_id,"
    "  row_number() over (order by t.last_reply_id desc) as n from thread_follow f"
    "  cross join lateral (select t.channel_id, t.last_reply_id, t.last_seq from thread t"
    "   where t.root_id = f.root_id and t.last_reply_id < $4::bigint limit 1) t"
    "  cross join lateral (select from channel c where c.id = t.channel_id"
    "   and c.org_id = $2::bigint and c.deleted_at is null limit 1) c"
    "  cross join lateral (select from member m where m.channel_id = t.channel_id"
    "   and m.user_id = $1::bigint limit 1) m"
    "  where f.user_id = $1::bigint and f.following and (not $5::boolean or"
    "   (t.last_seq > f.read_seq and thread_unread(f.root_id, $1::bigint, f.read_seq) > 0))"
    "  order by t.last_reply_id desc limit $3::integer + 1),"
    " shown as materialized (select p.n, p.last_reply_id, row_to_json(w) as json from page p"
    "  cross join lateral (select"
    "   (select message_json(m) from message m where m.id = p.root_id limit 1) as root,"
    "   (select message_json(m) from message m where m.id = p.last_reply_id limit 1) as last_reply,"
    "   thread_state(p.root_id, p.channel_id, $1::bigint) as state offset 0) w),"
    " fitting as (select n, last_reply_id, json from (select *,"
    "  sum(octet_length(json::text)) over (order by n) as bytes from shown) s"
    "  where n <= $3::integer and bytes <= 600000)"
    " select row_to_json(w) from (select coalesce(json_agg(json order by n), '[]') as items,"
    "  case when count(*) < (select count(*) from page) then min(last_reply_id)::text end"
    "  as next_cursor from fitting) w");

enum pal_code thread_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                int64_t limit, uint64_t before, bool unread, struct pal_str *json,
                                struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_int(&p, limit);
    pal_p_int(&p, before ? (int64_t)before : INT64_MAX);
    pal_p_bool(&p, unread);
    return pal_db_text(db, &sql_thread_list, &p, arena, json, err);
}

static enum pal_code change(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            const struct pal_statement *st, const struct pal_params *p,
                            const struct thread_facts *t, struct thread_change *out,
                            struct pal_error *err);

/* Who begins to follow has read what is there, as far as anybody counts. */
PAL_STATEMENT(
    sql_thread_follow,
    "insert into thread_follow as f (root_id, user_id, following, read_seq)"
    " select $3::bigint, $1::bigint, $5::boolean, case when $5::boolean then coalesce("
    "  (select t.last_seq from thread t where t.root_id = $3::bigint), $4::bigint) else 0 end"
    " where $2::bigint is not null"
    " on conflict (root_id, user_id) do update set following = excluded.following,"
    "  read_seq = greatest(f.read_seq, excluded.read_seq)"
    " where f.following <> excluded.following returning true");

enum pal_code thread_store_follow(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, const struct thread_facts *t,
                                  bool following, struct thread_change *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, t->root);
    pal_p_id(&p, t->root_seq);
    pal_p_bool(&p, following);
    return change(db, arena, v, &sql_thread_follow, &p, t, out, err);
}

PAL_STATEMENT(
    sql_thread_mark,
    "insert into thread_follow as f (root_id, user_id, following, read_seq)"
    " select $3::bigint, $1::bigint, false, least($4::bigint, t.last_seq) from thread t"
    "  where t.root_id = $3::bigint and $2::bigint is not null"
    " on conflict (root_id, user_id) do update set read_seq = excluded.read_seq"
    " where excluded.read_seq > f.read_seq or ($5::boolean and excluded.read_seq < f.read_seq)"
    " returning true");

enum pal_code thread_store_mark(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                const struct thread_facts *t, int64_t seq, bool back,
                                struct thread_change *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, t->root);
    pal_p_int(&p, seq);
    pal_p_bool(&p, back);
    return change(db, arena, v, &sql_thread_mark, &p, t, out, err);
}

PAL_STATEMENT(sql_thread_state, "select thread_state($3::bigint, $4::bigint, $1::bigint)"
                                " where $2::bigint is not null");

/* Runs a statement that has a row when it changes something, and reads the state that it leaves. */
static enum pal_code change(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            const struct pal_statement *st, const struct pal_params *p,
                            const struct thread_facts *t, struct thread_change *out,
                            struct pal_error *err)
{
    struct pal_params q;
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code != PAL_OK)
        return code;
    out->changed = rows.n > 0;
    answer_params(&q, arena, v);
    pal_p_id(&q, t->root);
    pal_p_id(&q, t->channel);
    return pal_db_text(db, &sql_thread_state, &q, arena, &out->state, err);
}
