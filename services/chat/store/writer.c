/* The statements of the writer: writer.h. */
#include "store/writer.h"

#include "base/id.h"
#include "gen/catalogue.h"

#include <inttypes.h>

/* The settings are for the statement that follows, in this transaction: one plan made once, with
 * index look-ups. A plan made while the tables are still small would otherwise read them from end
 * to end for each post, and go on doing so when they have grown. */
PAL_STATEMENT(sql_writer_lock, "with planner as materialized (select set_config('plan_cache_mode', "
                               "'force_generic_plan', true) as mode,"
                               " set_config('enable_seqscan', 'off', true) as seqscan)"
                               " select h.seq, p.mode, p.seqscan from planner p, channel_head h "
                               "where h.channel_id = any($1::bigint[])"
                               " order by h.channel_id for update of h");

enum pal_code writer_store_lock(struct pal_db *db, struct pal_arena *arena,
                                const struct post *posts, size_t n, struct pal_error *err)
{
    struct pal_params p;
    int64_t *ids = pal_arena_alloc(arena, n * sizeof *ids);
    if (!ids)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++)
        ids[i] = (int64_t)posts[i].channel;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, n);
    return pal_db_exec(db, &sql_writer_lock, &p, NULL, err);
}

/* One statement for the whole batch. `judged` gives each post its result (enum post_result); what
 * it reads of members, archiving and earlier messages cannot change any more, since their channels'
 * heads are locked. `placed` gives those that are accepted their seq, in the order of the batch.
 * Nothing is inserted twice: a repeat is known by (channel, author, client_id), within the batch as
 * well as in the table. Each look-up is a lateral with a limit, and each step is computed for all
 * rows and joined with nothing: however many rows the planner expects of an array, what it makes of
 * this is one index look-up for each post. */
PAL_STATEMENT(
    sql_writer_post,
    "with named as materialized ("
    " select n.idx, array_agg(lower(n.name)) as names from unnest($8::bigint[], $9::text[]) n "
    "(idx, name)"
    " group by n.idx),"
    " judged as materialized ("
    " select i.*, o.old, mu.until, coalesce(u.username, 'user-' || i.user_id) as username,"
    " first_value(i.idx) over (partition by i.channel_id, i.user_id, i.client_id order by i.idx) "
    "as first,"
    " case when o.id is not null then 1"
    " when row_number() over (partition by i.channel_id, i.user_id, i.client_id order by i.idx) > "
    "1 then 2"
    " when c.type is null or (c.type <> 'public' and m.user_id is null) then 3"
    " when m.user_id is null then 4"
    " when c.is_archived then 5"
    " when mu.until is not null then 6"
    " when i.reply_to_id is not null"
    " and (r.channel_id is distinct from i.channel_id or r.deleted_at is not null) then 7"
    " else 0 end as result"
    " from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], "
    "$7::bigint[])"
    " with ordinality i (channel_id, user_id, org_id, client_id, content, message_type, "
    "reply_to_id, idx)"
    " left join lateral (select c.type, c.is_archived from channel c"
    "  where c.id = i.channel_id and c.org_id = i.org_id and c.deleted_at is null limit 1) c on "
    "true"
    " left join lateral (select m.user_id from member m"
    "  where m.channel_id = i.channel_id and m.user_id = i.user_id limit 1) m on true"
    " left join lateral (select u.username from user_copy u where u.user_id = i.user_id limit 1) u "
    "on true"
    " left join lateral (select o.id, o as old from message o"
    "  where o.channel_id = i.channel_id and o.user_id = i.user_id and o.client_id = i.client_id "
    "limit 1) o on true"
    " left join lateral (select r.channel_id, r.deleted_at from message r"
    "  where r.id = i.reply_to_id limit 1) r on true"
    " left join lateral (select coalesce(x.expires_at, 'infinity') as until from mute x"
    "  where x.user_id = i.user_id and x.org_id = i.org_id"
    "  and (x.expires_at is null or x.expires_at > statement_timestamp())"
    "  order by 1 desc limit 1) mu on true),"
    " placed as materialized ("
    " select j.*, h.seq + count(*) filter (where j.result = 0)"
    "  over (partition by j.channel_id order by j.idx) as seq"
    " from judged j"
    " left join lateral (select h.seq from channel_head h where h.channel_id = j.channel_id limit "
    "1) h on true),"
    " named_users as materialized ("
    " select p.*, case when p.result = 0 then nextval('message_id_seq') end as id,"
    " case when n.names is null then '{}' else mentioned(p.org_id, p.channel_id, n.names) end as "
    "mentions"
    " from placed p left join lateral (select n.names from named n where n.idx = p.idx limit 1) n "
    "on true),"
    " told as materialized ("
    " select d.*, case d.result when 0 then"
    " row_to_json(row(d.id, d.channel_id, d.user_id, d.username, d.content, d.message_type, "
    "d.reply_to_id,"
    "  d.client_id, d.mentions, '[]'::json, d.seq, iso(statement_timestamp()), null, "
    "false)::message_shape)"
    " when 1 then message_json(d.old) end as message from named_users d),"
    " ready as materialized ("
    " select t.*, case t.result when 0 then"
    " row_to_json(row('chat_message', t.channel_id, t.seq, t.message)::message_event) end as body "
    "from told t),"
    " moved as ("
    " update channel_head h set seq = a.seq"
    " from (select channel_id, max(seq) as seq from ready where result = 0 group by 1) a"
    " where h.channel_id = a.channel_id),"
    " stored as ("
    " insert into message (id, channel_id, seq, user_id, username, content, message_type, "
    "reply_to_id, client_id,"
    " mentions, created_at)"
    " select id, channel_id, seq, user_id, username, content, message_type, reply_to_id, "
    "client_id, mentions,"
    " statement_timestamp() from ready where result = 0),"
    " logged as ("
    " insert into event (kind, org_id, user_id, channel_id, seq, body)"
    " select $10::integer, org_id, user_id, channel_id, seq, body from ready where result = 0)"
    " select idx, result, first, case result when 1 then (old).seq else seq end, message, body,"
    " case when until = 'infinity' then '' else iso(until) end,"
    " case when result = 1 then content <> coalesce((select v.content from message_version v"
    "  where v.message_id = (old).id and v.version = 1), (old).content) end"
    " from ready");

/* The batch turned into columns. */
struct columns {
    int64_t *channel, *user, *org, *name_of;
    struct pal_str *client, *content, *type, *reply, *name;
    size_t n_names;
};

static bool allocate(struct pal_arena *arena, size_t n, size_t names, struct columns *c)
{
    int64_t *ints = pal_arena_alloc(arena, (3 * n + names + 1) * sizeof *ints);
    struct pal_str *strs = pal_arena_alloc(arena, (4 * n + names + 1) * sizeof *strs);
    if (!ints || !strs)
        return false;
    *c = (struct columns){.channel = ints,
                          .user = ints + n,
                          .org = ints + 2 * n,
                          .name_of = ints + 3 * n,
                          .client = strs,
                          .content = strs + n,
                          .type = strs + 2 * n,
                          .reply = strs + 3 * n,
                          .name = strs + 4 * n};
    return true;
}

static bool fill(struct pal_arena *arena, const struct post *post, size_t i, struct columns *c)
{
    char *uuid = pal_arena_alloc(arena, PAL_UUID_LEN + 1);
    char *reply = post->reply_to ? pal_arena_printf(arena, "%" PRIu64, post->reply_to) : NULL;
    if (!uuid || (post->reply_to && !reply))
        return false;
    pal_uuid_format(post->client_id, uuid);
    c->channel[i] = (int64_t)post->channel;
    c->user[i] = (int64_t)post->user;
    c->org[i] = (int64_t)post->org;
    c->client[i] = (struct pal_str){uuid, PAL_UUID_LEN};
    c->content[i] = post->content;
    c->type[i] = post->type;
    c->reply[i] = pal_str_of(reply);
    for (size_t k = 0; k < post->n_names; k++) {
        c->name_of[c->n_names] = (int64_t)i + 1;
        c->name[c->n_names++] = post->names[k];
    }
    return true;
}

static bool turn(struct pal_arena *arena, const struct post *posts, size_t n, struct pal_params *p)
{
    struct columns c;
    size_t names = 0;
    for (size_t i = 0; i < n; i++)
        names += posts[i].n_names;
    if (!allocate(arena, n, names, &c))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!fill(arena, &posts[i], i, &c))
            return false;
    }
    pal_params_init(p, arena);
    pal_p_ints(p, c.channel, n);
    pal_p_ints(p, c.user, n);
    pal_p_ints(p, c.org, n);
    pal_p_strs(p, c.client, n);
    pal_p_strs(p, c.content, n);
    pal_p_strs(p, c.type, n);
    pal_p_strs(p, c.reply, n);
    pal_p_ints(p, c.name_of, c.n_names);
    pal_p_strs(p, c.name, c.n_names);
    pal_p_int(p, PAL_EV_MESSAGE_CREATED);
    return true;
}

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

static bool read_row(const struct pal_rows *r, int row, struct pal_arena *arena, size_t n,
                     struct posted *out)
{
    bool failed = false;
    size_t at = (size_t)pal_row_int(r, row, 0) - 1, first = (size_t)pal_row_int(r, row, 2) - 1;
    if (at >= n || first >= n)
        return false;
    out[at] = (struct posted){.result = (enum post_result)pal_row_int(r, row, 1),
                              .first = first,
                              .seq = (uint64_t)pal_row_int(r, row, 3),
                              .message = keep(r, row, 4, arena, &failed),
                              .event = keep(r, row, 5, arena, &failed),
                              .until = keep(r, row, 6, arena, &failed),
                              .changed = pal_row_bool(r, row, 7)};
    return !failed;
}

enum pal_code writer_store_post(struct pal_db *db, struct pal_arena *arena,
                                const struct post *posts, size_t n, struct posted *out,
                                struct pal_error *err)
{
    struct pal_params p;
    if (!turn(arena, posts, n, &p))
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_writer_post, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    bool whole = rows.n == (int)n;
    for (int i = 0; whole && i < rows.n; i++)
        whole = read_row(&rows, i, arena, n, out);
    return whole ? PAL_OK
                 : pal_error_set(err, &pal_err_service_internal,
                                 "the writer's answer cannot be read");
}
