/* The statements of the writer: writer.h. */
#include "store/writer.h"

#include "gen/catalogue.h"
#include "store/attach.h"
#include "store/preview.h"
#include "store/replies.h"
#include "store/twins.h"
#include "store/writer_columns.h"

#include <string.h>

/* The settings are for the statement that follows, in this transaction: one plan made once, with
 * index look-ups. One made while the tables are small would read them from end to end for ever. */
PAL_STATEMENT(
    sql_writer_lock,
    "with planner as materialized (select set_config('plan_cache_mode', 'force_generic_plan',"
    " true) as mode, set_config('enable_seqscan', 'off', true) as seqscan) select h.seq, p.mode,"
    " p.seqscan from planner p, channel_head h where h.channel_id = any($1::bigint[])"
    " order by h.channel_id for update of h");

/* Locks the heads of the channels of the batch, in the order of their ids. */
static enum pal_code lock(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                          size_t n, struct pal_error *err)
{
    struct pal_params p;
    int64_t *ids = pal_arena_alloc(arena, n * sizeof *ids);
    if (!ids)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++)
        ids[i] = (int64_t)posts[i].channel;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, n);
    return pal_db_ahead(db, &sql_writer_lock, &p, err);
}

/* One statement for the whole batch. `judged` gives each post its result (enum post_result); what
 * it reads of members, archiving and earlier messages cannot change any more, since their channels'
 * heads are locked. `placed` gives those that are accepted their seq, in the order of the batch.
 * Each look-up is a lateral with a limit: however many rows the planner expects of an array, what
 * it makes of this is one index look-up for each post. "offset 0" keeps what is computed in a step
 * from being computed again in the next; a CTE would do that too, but copies every row.
 *
 * `no` is the number of a message among those that count as unread, `wide_no` how many had
 * mentioned everyone with it: 0011_unread.sql. `marked` moves the markers of the authors to what
 * they have written, one update for each member, in the order of the keys as everything does that
 * locks several members.
 *
 * There are two of it, and the parameters of this macro are what the second has more: most batches
 * have nothing but plain messages, and are not to pay for it. */
#define WRITER_POST(BODY, ID, PLACED, ORDER, JUDGED, VERDICT, ARRAYS, NAMES, LOOKUPS, COLUMNS, \
                    MARKED, OUTSIDE)                                                           \
    "with ready as materialized ("                                                             \
    " select t.*, case when t.result = 0 then " BODY " end as body"                            \
    " from (select placed.*, case when placed.result = 0 then " ID " end as id"                \
    "  from (select judged.*, judged.head + count(*) filter (where judged.result = 0)"         \
    "    over (partition by judged.channel_id order by judged.idx) as seq" PLACED              \
    "   from (select i.idx, i.channel_id, i.user_id, i.org_id, i.client_id, i.content,"        \
    "     i.message_type, i.reply_to_id, h.seq as head, h.messages, h.wide, o.id as old,"      \
    "     mu.until, coalesce(u.username, 'user-' || i.user_id) as username," JUDGED            \
    "     case when o.id is not null then 1"                                                   \
    "      when c.type is null or (c.type <> 'public' and m.user_id is null) then 3"           \
    "      when m.user_id is null or not coalesce(u.is_active, true) then 4"                   \
    "      when c.is_archived then 5"                                                          \
    "      when mu.until is not null then 6" VERDICT " else 0 end as result"                   \
    "     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::uuid[], $5::text[],"       \
    "      $6::text[], $7::bigint[]" ARRAYS ") with ordinality i"                              \
    "      (channel_id, user_id, org_id, client_id, content, message_type, reply_to_id" NAMES  \
    "       , idx)"                                                                            \
    "     left join lateral (select h.seq, h.messages, h.wide from channel_head h"             \
    "      where h.channel_id = i.channel_id limit 1) h on true"                               \
    "     left join lateral (select c.type, c.is_archived, c.permissions from channel c"       \
    "      where c.id = i.channel_id and c.org_id = i.org_id and c.deleted_at is null"         \
    "      limit 1) c on true"                                                                 \
    "     left join lateral (select m.user_id, m.role from member m"                           \
    "      where m.channel_id = i.channel_id and m.user_id = i.user_id limit 1) m on true"     \
    "     left join lateral (select u.username, u.role, u.is_active from user_copy u"          \
    "      where u.user_id = i.user_id limit 1) u on true"                                     \
    "     left join lateral (select o.id from message o where o.channel_id = i.channel_id"     \
    "      and o.user_id = i.user_id and o.client_id = i.client_id limit 1) o on true"         \
    "     left join lateral (select coalesce(x.expires_at, 'infinity') as until from mute x"   \
    "      where x.user_id = i.user_id and x.org_id = i.org_id"                                \
    "      and (x.expires_at is null or x.expires_at > statement_timestamp())"                 \
    "      order by 1 desc limit 1) mu on true" LOOKUPS "     offset 0) judged"                \
    "   " ORDER "offset 0) placed"                                                             \
    "  offset 0) t),"                                                                          \
    " moved as ("                                                                              \
    " update channel_head h set seq = a.seq, messages = a.no, wide = a.wide_no"                \
    " from (select channel_id, max(seq) as seq, max(no) as no, max(wide_no) as wide_no"        \
    "  from ready where result = 0 group by 1) a"                                              \
    " where h.channel_id = a.channel_id),"                                                     \
    " stored as ("                                                                             \
    " insert into message (id, channel_id, seq, user_id, username, content, message_type,"     \
    " reply_to_id, client_id, mentions, created_at, no" COLUMNS ")"                            \
    " select id, channel_id, seq, user_id, username, content, message_type, reply_to_id,"      \
    " client_id, mentions, statement_timestamp(), no" COLUMNS                                  \
    " from ready where result = 0)," MARKED " logged as ("                                     \
    " insert into event (kind, org_id, user_id, channel_id, seq, body)"                        \
    " select $8::integer, org_id, user_id, channel_id, seq, body from ready where result = 0)" \
    " select idx, result, seq, body, old,"                                                     \
    " case when until = 'infinity' then '' else iso(until) end, id, " OUTSIDE " from ready"

/* The channel's permissions ask for more than the author is: two bits of them, above 1 where that
 * is not every member. */
#define LACKS_POST \
    "c.permissions & 3 > 1 and channel_level(c.type, m.role, u.role) < c.permissions & 3"
#define LACKS_REPLY                                                          \
    "(c.permissions >> 2) & 3 > 1 and channel_level(c.type, m.role, u.role)" \
    " < (c.permissions >> 2) & 3"

#define MESSAGE(ATTACHMENTS)                                                                \
    "row_to_json(row(t.id, t.channel_id, t.user_id, t.username, t.content, t.message_type," \
    " t.reply_to_id, t.client_id, t.mentions, " ATTACHMENTS ", t.seq,"                      \
    " (select iso(statement_timestamp())), null, false)::message_shape)"
#define NEXT_ID "nextval('message_id_seq')"
#define PLAIN_BODY                                                   \
    "row_to_json(row('chat_message', t.channel_id, t.seq, " MESSAGE( \
        "'[]'::json") ")::message_event)"

/* ISO C promises literals of 4095 bytes only; gcc and clang take any. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
PAL_STATEMENT(sql_writer_post,
              WRITER_POST(PLAIN_BODY, NEXT_ID,
                          ", judged.messages + count(*) filter (where judged.result = 0)"
                          " over (partition by judged.channel_id order by judged.idx) as no,"
                          " judged.wide as wide_no",
                          "", " '{}'::bigint[] as mentions,", " when " LACKS_POST " then 9", "", "",
                          "", "",
                          " marked as ("
                          " update member m set read_seq = a.seq, read_no = a.no, own_seq = a.seq,"
                          " wide_read = a.wide_no, mention_count = 0"
                          " from (select channel_id, user_id, max(seq) as seq, max(no) as no,"
                          "  max(wide_no) as wide_no from ready where result = 0"
                          "  group by 1, 2 order by 1, 2 offset 0) a"
                          " where m.channel_id = a.channel_id and m.user_id = a.user_id),",
                          "null"));

/* For batches with posts that are more than a text. `root`: the message that the thread hangs on; a
 * deleted one keeps its thread, but gets none. `replies` and `talkers` are what the thread has with
 * the post itself. The members are in the order of message_extras. `told`: who is mentioned by
 * name, by a group or as being there; counted are the mentions that come after what one has written
 * oneself, and that are shown in the channel. */
PAL_STATEMENT(
    sql_writer_post_rich,
    WRITER_POST(
        "case when t.extras = 0 then " PLAIN_BODY " else reply_event(t.channel_id, t.seq,"
        " case when t.root is not null then"
        " row_to_json(row(t.replies, (select iso(statement_timestamp())), t.id,"
        " latest_of(t.talkers, t.talked))::thread_shape) end,"
        " json_joined(" MESSAGE(
            "case when t.attached > 0 then message_attachments(t.attached)"
            " else '[]'::json end") ", json_strip_nulls(json_build_object('thread_id', t.root,"
                                    " 'in_channel', case when t.root is not null then t.in_channel "
                                    "end,"
                                    " 'quote', case when t.reply_to_id is not null then "
                                    "message_quote(t.reply_to_id) end,"
                                    " 'mention_all', t.mention_all, 'mention_groups', "
                                    "t.mention_groups)))) end",
        "case when placed.attached > 0 then placed.attached else " NEXT_ID " end",
        ", judged.messages + count(*) filter (where judged.result = 0 and judged.in_channel)"
        " over (partition by judged.channel_id order by judged.idx) as no,"
        " judged.wide + count(*) filter (where judged.result = 0 and judged.in_channel"
        "  and judged.mention_all = 'channel')"
        " over (partition by judged.channel_id order by judged.idx) as wide_no,"
        " judged.replied + count(*) filter (where judged.result = 0)"
        " over (partition by judged.root order by judged.idx) as replies,"
        " latest_users(judged.user_id) filter (where judged.result = 0)"
        " over (partition by judged.root order by judged.idx) as talkers,"
        " judged.root as thread_id",
        "order by judged.idx ",
        " th.root, th.replied, th.talked, i.attached, me.mentions, me.mention_groups, me.outside,"
        " me.mention_all, th.root is null or coalesce(i.also, false) as in_channel,"
        " case when i.reply_to_id is null then 0 else 32 end"
        " | case when th.root is null then 0 else 64 end"
        " | case when me.mention_all is null and me.mention_groups is null then 0 else 128 end"
        " | case when i.attached > 0 then 8 else 0 end as extras,",
        " when (i.thread_of is null or i.also) and " LACKS_POST
        " or i.thread_of is not null and " LACKS_REPLY " then 9"
        " when i.reply_to_id is not null"
        " and (r.channel_id is distinct from i.channel_id or r.deleted_at is not null) then 7"
        " when i.thread_of is not null"
        " and (th.channel_id is distinct from i.channel_id or not th.is_open) then 8"
        " when i.attached < 0 then 20",
        ", $9::text[], $10::bigint[], $11::boolean[], $12::text[], $13::bigint[]",
        ", names, thread_of, also, everyone, attached",
        " left join lateral (select r.channel_id, r.deleted_at from message r"
        " where r.id = i.reply_to_id limit 1) r on true"
        " left join lateral thread_place(i.thread_of) th on true"
        " cross join lateral (select"
        "  case when n.names is null then '{}' else mentioned(i.org_id, i.channel_id, n.names) end"
        "   as mentions,"
        "  case when n.names is not null then mentioned_groups(i.org_id, n.names) end"
        "   as mention_groups,"
        "  case when n.names is not null then"
        "   mentioned_outside(i.org_id, i.channel_id, n.names) end as outside,"
        "  case when i.everyone is not null"
        "   and may_mention_all(i.channel_id, i.user_id, i.org_id) then i.everyone end"
        "   as mention_all"
        "  from (select string_to_array(lower(i.names), ' ') as names offset 0) n offset 0) me",
        ", extras, thread_id, in_channel, mention_all, mention_groups",
        " told as (select r.channel_id, r.seq, x.user_id, r.in_channel"
        " from ready r cross join lateral mention_targets(r.channel_id, r.user_id, r.mentions,"
        "  r.mention_groups, r.mention_all) x (user_id)"
        " where r.result = 0 and (r.extras & 128 <> 0 or r.mentions <> '{}')),"
        " named as ("
        " insert into mention (user_id, channel_id, seq, in_channel)"
        " select user_id, channel_id, seq, in_channel from told),"
        " marked as ("
        " update member m set read_seq = coalesce(a.own, m.read_seq),"
        "  read_no = coalesce(a.no, m.read_no), own_seq = coalesce(a.own, m.own_seq),"
        "  wide_read = coalesce(a.wide_no, m.wide_read),"
        "  mention_count = case when a.own is null then m.mention_count else 0 end"
        "   + (select count(*) from unnest(a.told) s where s > coalesce(a.own, 0))"
        " from (select channel_id, user_id, max(own) as own, max(no) as no,"
        "   max(wide_no) as wide_no, array_agg(told) filter (where told is not null) as told"
        "  from (select channel_id, user_id, seq as own, no, wide_no, null::bigint as told"
        "    from ready where result = 0 and in_channel"
        "   union all select channel_id, user_id, null, null, null, seq from told"
        "    where in_channel) x"
        "  group by 1, 2 order by 1, 2 offset 0) a"
        " where m.channel_id = a.channel_id and m.user_id = a.user_id),"
        " announced as ("
        " insert into event (kind, org_id, user_id, body)"
        " select $14::integer, r.org_id, r.user_id, json_build_object('channel_id', r.channel_id,"
        "  'message_id', r.id, 'seq', r.seq, 'user_id', r.user_id, 'username', r.username,"
        "  'everyone', coalesce(r.mention_all = 'channel', false), 'user_ids',"
        "  (select coalesce(json_agg(x.user_id), '[]') from told x where x.channel_id = "
        "r.channel_id"
        "   and x.seq = r.seq and x.user_id <> all (r.mentions)))"
        " from ready r where r.result = 0 and r.extras & 128 <> 0),",
        "to_json(outside)"));

#pragma GCC diagnostic pop

/* A copy in the arena; {NULL, 0} for NULL and, with *failed set, when it does not fit. */
static struct pal_str keep(const struct pal_rows *r, int row, int col, struct pal_arena *arena,
                           bool *failed)
{
    struct pal_str s = pal_row_str(r, row, col);
    if (!s.p)
        return s;
    s.p = pal_arena_strdup(arena, s);
    *failed = *failed || !s.p;
    return s;
}

/* The message within the event that tells it: the same text, the last member of the object. */
static struct pal_str message_of(struct pal_str event)
{
    static const char key[] = ",\"message\":";
    const char *at = event.p ? memmem(event.p, event.n, key, sizeof key - 1) : NULL;
    if (!at)
        return (struct pal_str){NULL, 0};
    at += sizeof key - 1;
    return (struct pal_str){at, event.n - (size_t)(at - event.p) - 1};
}

/* The reply also tells whom of those mentioned it does not reach; nobody but the author is told. */
static struct pal_str with_outside(struct pal_arena *arena, struct pal_str message,
                                   struct pal_str outside, bool *failed)
{
    if (!outside.p || !message.p)
        return message;
    const char *text = pal_arena_printf(arena, "%.*s,\"not_in_channel\":%.*s}", (int)message.n - 1,
                                        message.p, (int)outside.n, outside.p);
    *failed = *failed || !text;
    return pal_str_of(text);
}

static bool read_row(const struct pal_rows *r, int row, struct pal_arena *arena,
                     const struct columns *c, struct posted *out)
{
    bool failed = false;
    size_t idx = (size_t)pal_row_int(r, row, 0) - 1;
    if (idx >= c->n)
        return false;
    struct posted *p = &out[c->post[idx]];
    *p = (struct posted){.result = (enum post_result)pal_row_int(r, row, 1),
                         .first = c->post[idx],
                         .seq = (uint64_t)pal_row_int(r, row, 2),
                         .event = keep(r, row, 3, arena, &failed),
                         .id = (uint64_t)pal_row_int(r, row, 4),
                         .until = keep(r, row, 5, arena, &failed)};
    if (p->result == POST_STORED)
        p->id = (uint64_t)pal_row_int(r, row, 6);
    p->message = with_outside(arena, message_of(p->event), pal_row_str(r, row, 7), &failed);
    return !failed;
}

static bool read_rows(const struct pal_rows *r, struct pal_arena *arena, const struct columns *c,
                      const uint16_t *first, size_t n, struct posted *out)
{
    bool whole = r->n == (int)c->n;
    for (int i = 0; whole && i < r->n; i++)
        whole = read_row(r, i, arena, c, out);
    for (size_t i = 0; i < n; i++)
        if (first[i] != i)
            out[i] = (struct posted){.result = POST_TWIN, .first = first[i]};
    return whole;
}

static enum pal_code post_all(struct pal_db *db, struct pal_arena *arena, const struct post *posts,
                              size_t n, struct posted *out, bool commit, struct pal_error *err)
{
    struct pal_params p;
    struct columns c;
    uint16_t *first = pal_arena_alloc(arena, n * sizeof *first);
    if (!first || !twins_find(arena, posts, n, first) || !columns_turn(arena, posts, n, first, &c))
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    enum pal_code code = attach_all(db, arena, posts, c.post, c.n, c.attached, err);
    if (code != PAL_OK)
        return code;
    columns_bind(arena, &c, &p);
    PAL_ROWS rows = {0};
    code = c.rich || !commit
               ? pal_db_run(db, c.rich ? &sql_writer_post_rich : &sql_writer_post, &p, &rows, err)
               : pal_db_run_commit(db, &sql_writer_post, &p, &rows, err);
    /* Where it does not fit it is stored all the same: asking again brings what is there. */
    if (code == PAL_OK && !read_rows(&rows, arena, &c, first, n, out))
        return pal_error_set(err, &pal_err_service_unavailable, "the answer does not fit");
    if (code == PAL_OK && c.rich)
        code = attach_settle(db, arena, out, c.post, c.n, c.attached, err);
    return code == PAL_OK && c.rich ? replies_store(db, arena, posts, n, out, commit, err) : code;
}

static enum pal_code post_within(struct pal_db *db, struct pal_arena *arena,
                                 const struct post *posts, size_t n, struct posted *out,
                                 bool commit, struct pal_error *err)
{
    enum pal_code code = lock(db, arena, posts, n, err);
    if (code == PAL_OK)
        code = preview_store_queue_posts(db, arena, posts, n, err);
    return code == PAL_OK ? post_all(db, arena, posts, n, out, commit, err) : code;
}

enum pal_code writer_store_post(struct pal_db *db, struct pal_arena *arena,
                                const struct post *posts, size_t n, struct posted *out,
                                struct pal_error *err)
{
    enum pal_code code = pal_db_begin(db, PAL_TX_WRITE, err);
    if (code != PAL_OK)
        return code;
    code = post_within(db, arena, posts, n, out, true, err);
    if (code != PAL_OK)
        pal_db_rollback(db);
    return code;
}

enum pal_code writer_store_post_here(struct pal_db *db, struct pal_arena *arena,
                                     const struct post *posts, size_t n, struct posted *out,
                                     struct pal_error *err)
{
    return post_within(db, arena, posts, n, out, false, err);
}

PAL_STATEMENT(
    sql_writer_repeats,
    "select m.id, m.seq, message_json(m), coalesce((select v.content from message_version v"
    " where v.message_id = m.id and v.version = 1), m.content)"
    " from message m where m.id = any($1::bigint[])");

/* Fills in the repeats whose message is in this row. */
static bool read_repeat(const struct pal_rows *r, int row, struct pal_arena *arena,
                        const struct post *posts, size_t n, struct posted *out)
{
    bool failed = false;
    for (size_t i = 0; i < n; i++) {
        if (out[i].result != POST_REPEAT || out[i].id != (uint64_t)pal_row_int(r, row, 0))
            continue;
        out[i].seq = (uint64_t)pal_row_int(r, row, 1);
        out[i].message = keep(r, row, 2, arena, &failed);
        out[i].changed = !pal_str_eq(pal_row_str(r, row, 3), posts[i].content);
    }
    return !failed;
}

enum pal_code writer_store_repeats(struct pal_db *db, struct pal_arena *arena,
                                   const struct post *posts, size_t n, struct posted *out,
                                   struct pal_error *err)
{
    struct pal_params p;
    size_t count = 0;
    int64_t *ids = pal_arena_alloc(arena, n * sizeof *ids);
    if (!ids)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++)
        if (out[i].result == POST_REPEAT)
            ids[count++] = (int64_t)out[i].id;
    if (count == 0)
        return PAL_OK;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, count);
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_writer_repeats, &p, &rows, err);
    for (int i = 0; code == PAL_OK && i < rows.n; i++)
        if (!read_repeat(&rows, i, arena, posts, n, out))
            code = pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    return code;
}
