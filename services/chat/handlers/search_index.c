/* Keeps the index of messages: a chore that follows chat's own log, a batch at a time, so that
 * posting costs nothing more. A message is read as it is now, so it does not matter how often or in
 * which order one is told of it. */
#include "handlers.h"

#include "domain/seek.h"
#include "domain/walk.h"
#include "store/search_index.h"

enum { WORDS_BYTES_MAX = 6 << 20 };

/* What is to be written, in request memory. */
struct entries {
    int64_t ids[INDEX_BATCH], channels[INDEX_BATCH], gone[INDEX_BATCH];
    struct pal_str at[INDEX_BATCH], words[INDEX_BATCH];
    size_t n, n_gone;
};

static void put_mark(struct pal_buf *out, const char *kind, struct pal_str value)
{
    pal_buf_z(out, "'");
    pal_buf_z(out, kind);
    pal_buf_str(out, value);
    pal_buf_z(out, "' ");
}

static void put_marks(struct pal_buf *out, struct pal_str marks)
{
    while (marks.n > 0) {
        struct pal_str mark, rest = pal_str_cut(marks, ' ', &mark);
        put_mark(out, ":h", mark);
        marks = rest;
    }
}

static void put_words(const struct pal_rows *rows, int row, struct stemmers *stemmers,
                      struct pal_buf *out)
{
    struct pal_str content = pal_row_str(rows, row, INDEX_COL_CONTENT);
    put_mark(out, ":c", pal_row_str(rows, row, INDEX_COL_CHANNEL));
    put_mark(out, ":o", pal_row_str(rows, row, INDEX_COL_ORG));
    put_mark(out, ":u", pal_row_str(rows, row, INDEX_COL_USER));
    put_marks(out, pal_row_str(rows, row, INDEX_COL_MARKS));
    if (query_has_link(content))
        put_mark(out, ":h", PAL_STR("link"));
    walk_tsvector(pal_row_int(rows, row, INDEX_COL_ID), out);
    seek_tsvector(stemmers, content, out);
}

static bool add_entry(struct pal_call *c, const struct pal_rows *rows, int row,
                      struct stemmers *stemmers, struct pal_buf *text, struct entries *e)
{
    int64_t id = pal_row_int(rows, row, INDEX_COL_ID);
    if (pal_row_null(rows, row, INDEX_COL_CONTENT)) {
        e->gone[e->n_gone++] = id;
        return true;
    }
    pal_buf_clear(text);
    put_words(rows, row, stemmers, text);
    char *words = text->failed ? NULL : pal_arena_strdup(c->arena, pal_buf_view(text));
    e->ids[e->n] = id;
    e->channels[e->n] = pal_row_int(rows, row, INDEX_COL_CHANNEL);
    e->at[e->n] = pal_row_str(rows, row, INDEX_COL_AT);
    e->words[e->n++] = (struct pal_str){words, text->n};
    return words != NULL;
}

static enum pal_code write_entries(struct pal_call *c, const struct entries *e)
{
    const struct index_entries put = {e->ids, e->channels, e->at, e->words, e->n};
    enum pal_code code = index_put(c->db, c->arena, &put, &c->err);
    return code != PAL_OK ? code : index_remove(c->db, c->arena, e->gone, e->n_gone, &c->err);
}

/* The words are cut and stemmed before the first row is written: a transaction that has written
 * holds up those who follow the log. */
static enum pal_code index_rows(struct pal_call *c, const struct pal_rows *rows, struct entries *e)
{
    struct stemmers stemmers;
    struct pal_buf text;
    bool ok = stemmers_init(&stemmers);
    if (!ok)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    pal_buf_init(&text, WORDS_BYTES_MAX);
    for (int i = 0; i < rows->n && i < INDEX_BATCH && ok; i++)
        ok = add_entry(c, rows, i, &stemmers, &text, e);
    pal_buf_fini(&text);
    stemmers_fini(&stemmers);
    return ok ? write_entries(c, e)
              : pal_fail(c, &pal_err_service_internal, "words to index do not fit");
}

static enum pal_code index_ids(struct pal_call *c, const int64_t *ids, size_t n)
{
    PAL_ROWS rows = {0};
    struct entries *e = n > 0 ? pal_arena_alloc(c->arena, sizeof *e) : NULL;
    if (n == 0)
        return PAL_OK;
    if (!e)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    enum pal_code code = index_messages(c->db, c->arena, ids, n, &rows, &c->err);
    return code != PAL_OK ? code : index_rows(c, &rows, e);
}

/* Moves the position last: the batch is all or nothing. */
static enum pal_code index_events(struct pal_call *c, const struct index_news *news,
                                  struct pal_position at)
{
    bool moved = false;
    const struct pal_move move = {.from = at, .to = news->last}; /* read in this transaction */
    enum pal_code code = index_ids(c, news->messages, news->n_messages);
    if (code == PAL_OK)
        code = index_threads(c->db, c->arena, news->threads, news->n_threads, &c->err);
    if (code == PAL_OK)
        code = pal_position_move(c->db, "search", &move, &moved, &c->err);
    if (code == PAL_OK && !moved)
        code = pal_fail(c, &pal_err_service_unavailable, "another replica was faster");
    return code;
}

static enum pal_code index_older(struct pal_call *c)
{
    size_t n = 0;
    int64_t *ids = pal_arena_alloc(c->arena, INDEX_BATCH * sizeof *ids);
    if (!ids)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    enum pal_code code = index_backlog(c->db, c->arena, ids, &n, &c->err);
    if (code == PAL_OK)
        code = index_ids(c, ids, n);
    if (code == PAL_OK)
        code = index_backlog_move(c->db, c->arena, n > 0 ? ids[n - 1] : 0, &c->err);
    return code;
}

static enum pal_code index_rest(struct pal_call *c)
{
    enum pal_code code = index_older(c);
    return code != PAL_OK ? code : index_sweep(c->db, &c->err);
}

enum pal_code search_follow(struct pal_call *c)
{
    struct pal_position at = {0};
    bool mine = false;
    struct index_news *news = pal_arena_alloc(c->arena, sizeof *news);
    if (!news)
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    enum pal_code code = index_position(c->db, &mine, &at, &c->err);
    if (code != PAL_OK || !mine)
        return code;
    code = index_news(c->db, c->arena, at, news, &c->err);
    if (code != PAL_OK)
        return code;
    if (news->n_events > 0)
        code = index_events(c, news, at);
    else
        code = index_rest(c);
    return code;
}
