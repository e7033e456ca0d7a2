/* SQL for searching: search.h. What a viewer may read: channels of his organisation that are public
 * or that he is in. */
#include "store/search.h"

#include "gen/catalogue.h"

enum { FEW_IDS = 1 << 16 };

#define READABLE                                                                       \
    "c.org_id = $2::bigint and c.deleted_at is null and (c.type = 'public' or exists " \
    "(select from member r where r.channel_id = c.id and r.user_id = $1::bigint))"

static enum pal_code take_ids(struct pal_db *db, const struct pal_statement *st,
                              const struct pal_params *p, struct search_ids *out,
                              struct pal_error *err)
{
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    *out = (struct search_ids){.more = rows.n > SEARCH_SCOPE_MAX};
    for (int i = 0; i < rows.n && i < SEARCH_SCOPE_MAX; i++)
        out->all[out->n++] = (uint64_t)pal_row_int(&rows, i, 0);
    return code;
}

PAL_STATEMENT(sql_search_user, "select u.user_id from user_copy u where u.org_id = $2::bigint"
                               " and lower(u.username) = lower($3::text) and $1::bigint is not null"
                               " order by u.user_id limit 129");

enum pal_code search_user(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                          struct pal_str name, struct search_ids *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, name);
    return take_ids(db, &sql_search_user, &p, out, err);
}

PAL_STATEMENT(sql_search_channel,
              "select c.id from channel c where lower(c.name) = lower($3::text)"
              " and c.type <> 'direct' and " READABLE " order by c.id limit 129");

enum pal_code search_channel(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str name, struct search_ids *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_str(&p, name);
    return take_ids(db, &sql_search_channel, &p, out, err);
}

PAL_STATEMENT(sql_search_direct,
              "select c.id from member m cross join lateral (select c.id from channel c"
              " where c.id = m.channel_id and c.type = 'direct' and " READABLE " limit 1) c"
              " where m.user_id = $1::bigint and exists (select from member o"
              " where o.channel_id = c.id and o.user_id = $3::bigint)"
              " and ($3::bigint <> $1::bigint or (select count(*) from member a where a.channel_id "
              "= c.id) = 1)"
              " limit 129");

enum pal_code search_direct(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            uint64_t user, struct search_ids *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_id(&p, user);
    return take_ids(db, &sql_search_direct, &p, out, err);
}

PAL_STATEMENT(
    sql_search_scope,
    "(select c.id from channel c where c.org_id = $2::bigint and c.deleted_at is null"
    " and c.type = 'public' order by c.id limit 129) union (select m.channel_id from member m"
    " where m.user_id = $1::bigint limit 129) limit 129");

enum pal_code search_scope(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                           struct search_ids *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    return take_ids(db, &sql_search_scope, &p, out, err);
}

/* A row without a word: there is none. No rows: the table is still being filled. */
PAL_STATEMENT(sql_search_words,
              "select i.n, s.word from unnest($1::text[]) with ordinality i (prefix, n)"
              " left join lateral (select s.word from search_word s where s.word >= i.prefix"
              " and s.word < i.prefix || chr(1114111) order by s.word limit 65) s on true"
              " where not exists (select from search_backfill)");

static enum pal_code take_word(struct pal_arena *arena, const struct pal_rows *rows, int row,
                               struct search_words *w, struct pal_error *err)
{
    if (!w->all)
        w->all = pal_arena_alloc(arena, (SEARCH_WORDS_MAX + 1) * sizeof *w->all);
    if (!w->all)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    if (pal_row_null(rows, row, 1))
        return PAL_OK;
    return pal_rows_text(rows, row, 1, arena, &w->all[w->n++], err);
}

enum pal_code search_words(struct pal_db *db, struct pal_arena *arena,
                           const struct pal_str *prefixes, size_t n, struct search_words *out,
                           struct pal_error *err)
{
    struct pal_params p;
    PAL_ROWS rows = {0};
    pal_params_init(&p, arena);
    pal_p_strs(&p, prefixes, n);
    enum pal_code code = pal_db_run(db, &sql_search_words, &p, &rows, err);
    for (int i = 0; i < rows.n && code == PAL_OK; i++)
        code = take_word(arena, &rows, i, &out[pal_row_int(&rows, i, 0) - 1], err);
    for (size_t i = 0; i < n; i++)
        if (out[i].n > SEARCH_WORDS_MAX)
            out[i] = (struct search_words){0};
    return code;
}

/* Ids follow time but for what was committed side by side: some minutes more on both sides, the
 * exact times are looked at in the rows. */
PAL_STATEMENT(sql_search_span, "select case when $1::timestamptz is null then 0"
                               " else search_first($1::timestamptz - interval '5 minutes') end,"
                               " case when $2::timestamptz is null then (select "
                               "coalesce(max(message_id), 0) + 1 from search_message)"
                               " else search_first($2::timestamptz + interval '5 minutes') end");

enum pal_code search_span(struct pal_db *db, struct pal_arena *arena, int64_t from_ms,
                          int64_t to_ms, int64_t *from, int64_t *to, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_time(&p, from_ms);
    pal_p_time(&p, to_ms);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, &sql_search_span, &p, &rows, err);
    *from = pal_row_int(&rows, 0, 0);
    *to = pal_row_int(&rows, 0, 1);
    return code;
}

/* `+ 0` keeps the primary key out of it: it would read the range from its end until there are
 * enough matches, which is all of it for a rare word. ts_match_vq is the operator @@ in a form that
 * the index is not used for. The matches are read in their order, and no further than to the last
 * that is wanted; only those are ranked.
 *
 * The index takes the next match of the first condition and looks for it in the others. Words are
 * the rarest, the blocks the longest lists, so they come last; but in a few blocks, which are short
 * ones, they come first and the words of all other messages are passed over. */
#define SEARCH_MATCHES(WHERE)                                                                 \
    "with found as materialized (select s.message_id, s.channel_id,"                          \
    " $6::tsquery is null or ts_match_vq(s.words, $6::tsquery) as fits from search_message s" \
    " where " WHERE " and s.message_id + 0 >= $7::bigint and s.message_id + 0 < $8::bigint"   \
    " and ($9::timestamptz is null or s.created_at >= $9::timestamptz)"                       \
    " and ($10::timestamptz is null or s.created_at < $10::timestamptz)"                      \
    " order by s.message_id desc),"                                                           \
    " hit as materialized (select f.message_id from found f cross join lateral"               \
    " (select from channel c where c.id = f.channel_id and " READABLE                         \
    " limit 1) c where f.fits limit $13::bigint)"                                             \
    " select (select count(*) from found), h.message_id, r.score"                             \
    " from (values (1)) one left join hit h on true left join lateral"                        \
    " (select (1e9 * ts_rank(s.words, $11::tsquery, 1) / (1 + greatest(date_part('epoch', "   \
    "$12::timestamptz - s.created_at), 0) / 7776000))::bigint as score from search_message s" \
    " where s.message_id = h.message_id and $11::tsquery is not null limit 1) r on true"      \
    " order by h.message_id desc"
#define WORDS "s.words @@ $4::tsquery and s.words @@ $5::tsquery"
#define BLOCKS "s.words @@ $3::tsquery"
PAL_STATEMENT(sql_search_few, SEARCH_MATCHES(BLOCKS " and " WORDS));
PAL_STATEMENT(sql_search_many, SEARCH_MATCHES(WORDS " and " BLOCKS));
PAL_STATEMENT(sql_search_all, SEARCH_MATCHES(WORDS " and $3::text is null"));

static void put_times(struct pal_params *p, const struct search_ask *ask)
{
    pal_p_int(p, ask->from);
    pal_p_int(p, ask->to);
    pal_p_time(p, ask->from_ms);
    pal_p_time(p, ask->to_ms);
}

/* What somebody has saved is little: each of it is looked at. */
PAL_STATEMENT(
    sql_search_saved,
    "with hit as materialized (select s.message_id, s.words, s.created_at from saved v"
    " cross join lateral (select s.message_id, s.channel_id, s.words, s.created_at"
    " from search_message s where s.message_id = v.message_id limit 1) s"
    " cross join lateral (select from channel c where c.id = s.channel_id and " READABLE
    " limit 1) c"
    " where v.user_id = $1::bigint and ts_match_vq(s.words, $3::tsquery)"
    " and ts_match_vq(s.words, $4::tsquery) and s.message_id >= $5::bigint"
    " and s.message_id < $6::bigint and ($7::timestamptz is null or s.created_at >= "
    "$7::timestamptz)"
    " and ($8::timestamptz is null or s.created_at < $8::timestamptz)"
    " order by s.message_id desc limit $11::bigint)"
    " select 0, h.message_id, case when $9::tsquery is null then 0 else"
    " (1e9 * ts_rank(h.words, $9::tsquery, 1) / (1 + greatest(date_part('epoch', $10::timestamptz"
    " - h.created_at), 0) / 7776000))::bigint end from hit h order by h.message_id desc");

static void put_conditions(struct pal_params *p, const struct search_ask *ask)
{
    if (!ask->saved)
        pal_p_str(p, ask->blocks);
    pal_p_str(p, ask->words);
    pal_p_str(p, ask->scope);
    if (!ask->saved)
        pal_p_str(p, ask->beside);
    put_times(p, ask);
    pal_p_str(p, ask->rank);
    pal_p_time(p, ask->anchor_ms);
    pal_p_int(p, ask->limit);
}

static const struct pal_statement *statement_for(const struct search_ask *ask)
{
    bool few = ask->to - ask->from <= FEW_IDS;
    if (ask->saved)
        return &sql_search_saved;
    return !ask->blocks.p ? &sql_search_all : few ? &sql_search_few : &sql_search_many;
}

enum pal_code search_matches(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             const struct search_ask *ask, struct search_hit *out, size_t *n,
                             int64_t *looked_at, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    put_conditions(&p, ask);
    PAL_ROWS rows = {0};
    enum pal_code code = pal_db_run(db, statement_for(ask), &p, &rows, err);
    *n = 0;
    *looked_at = pal_row_int(&rows, 0, 0);
    for (int i = 0; i < rows.n && !pal_row_null(&rows, i, 1); i++)
        out[(*n)++] = (struct search_hit){pal_row_int(&rows, i, 1), pal_row_int(&rows, i, 2)};
    return code;
}

PAL_STATEMENT(
    sql_search_show,
    "select (x.m).id, message_json(x.m), (x.m).content, json_build_object('id', c.id, 'name', "
    "c.name,"
    " 'type', c.type) from unnest($3::bigint[]) with ordinality i (id, n)"
    " cross join lateral (select m from message m where m.id = i.id and m.deleted_at is null limit "
    "1) x"
    " cross join lateral (select c.id, c.name, c.type from channel c where c.id = (x.m).channel_id"
    " and " READABLE " limit 1) c order by i.n");

enum pal_code search_show(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                          const int64_t *ids, size_t n, struct pal_rows *out, struct pal_error *err)
{
    struct pal_params p;
    answer_params(&p, arena, v);
    pal_p_ints(&p, ids, n);
    return pal_db_run(db, &sql_search_show, &p, out, err);
}
