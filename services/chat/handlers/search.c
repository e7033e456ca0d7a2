/* message.search: from the query as it is written to what is shown. How matches are found:
 * search_walk.c. */
#include "handlers/search.h"

#include "base/clock.h"
#include "base/limits.h"
#include "domain/excerpt.h"
#include "handlers.h"

#include <stdio.h>

enum {
    TSQUERY_BYTES_MAX = 256 << 10,
    PREFIXES_MAX = 8, /* more than that remain prefixes */
    REPLY_BYTES = PAL_FRAME_BODY_MAX / 4 * 3,
    DAY_MS = 86400000,
    MINUTE_MS = 60000
};

/* ---- the query ---- */

static enum pal_code wrong_operator(struct pal_call *c, struct pal_str shown, const char *why)
{
    char name[100];
    snprintf(name, sizeof name, "%.*s", shown.n < 90 ? (int)shown.n : 0, shown.p);
    enum pal_code code = pal_fail(c, &pal_err_search_operator_wrong, "%s: %s", name, why);
    pal_error_field(&c->err, "/q", "%s: %s", name, why);
    pal_error_member(&c->err, "operator", name);
    return code;
}

static enum pal_code parse(struct pal_call *c, struct search *s)
{
    struct query_fault fault = {0};
    char expected[120];
    int64_t local = c->now_ms + pal_json_int(c->in, "utc_offset", 0) * MINUTE_MS;
    enum query_verdict v = query_parse(pal_json_str(c->in, "q"), local / DAY_MS, &s->query, &fault);
    if (v == QUERY_WRONG) {
        snprintf(expected, sizeof expected, "expected %s", fault.expected);
        return wrong_operator(c, fault.shown, expected);
    }
    if (v == QUERY_TOO_LONG || !seek_make(&s->stemmers, &s->query, &s->seek))
        return pal_fail(c, &pal_err_search_too_long, "at most %d words and %d operators",
                        QUERY_WORDS_MAX, QUERY_FILTERS_MAX);
    if (s->seek.n_terms + s->query.n_filters == 0)
        return pal_fail(c, &pal_err_search_empty, "q has neither a word nor an operator");
    return PAL_OK;
}

/* ':u1'|':u2' after what there is. */
static void put_ids(struct pal_buf *out, const char *kind, const struct search_ids *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        pal_buf_z(out, out->n > 0 ? "|'" : "'");
        pal_buf_z(out, kind);
        pal_buf_int(out, (int64_t)ids->all[i]);
        pal_buf_char(out, '\'');
    }
}

/* Ids that a name stands for; none are an error, the same for what is not there and what the caller
 * may not see. */
static enum pal_code resolve(struct pal_call *c, const struct query_filter *f,
                             struct search_ids *ids)
{
    struct viewer v = gate_viewer(c);
    bool channel = f->kind == FILTER_IN;
    if (f->name.n == 0) {
        *ids = (struct search_ids){.all = {v.user}, .n = 1};
        return PAL_OK;
    }
    enum pal_code code = channel ? search_channel(c->db, c->arena, &v, f->name, ids, &c->err)
                                 : search_user(c->db, c->arena, &v, f->name, ids, &c->err);
    if (code == PAL_OK && ids->n == 0)
        return wrong_operator(c, f->shown,
                              channel ? "there is no such channel" : "there is no such user");
    if (code == PAL_OK && f->kind == FILTER_WITH)
        code = search_direct(c->db, c->arena, &v, ids->all[0], ids, &c->err);
    return code;
}

/* What follows is one more that a message must have, or must not. */
static void add_mark(struct search *s, bool without)
{
    if (s->marks.n > 0)
        pal_buf_z(&s->marks, " & ");
    if (without)
        pal_buf_char(&s->marks, '!');
    s->marked = s->marked || !without;
}

/* Positive ones of a kind are alternatives: from:@ana from:@luis is by either of them. */
static enum pal_code add_named(struct pal_call *c, struct search *s, const struct query_filter *f)
{
    struct search_ids ids;
    bool from = f->kind == FILTER_FROM;
    enum pal_code code = resolve(c, f, &ids);
    if (code != PAL_OK)
        return code;
    if (!f->without) {
        put_ids(from ? &s->authors : &s->scope, from ? ":u" : ":c", &ids);
        s->nowhere = s->nowhere || (!from && s->scope.n == 0);
        return PAL_OK;
    }
    if (ids.n == 0)
        return PAL_OK;
    add_mark(s, true);
    pal_buf_char(&s->marks, '(');
    struct pal_buf names;
    pal_buf_init(&names, TSQUERY_BYTES_MAX);
    put_ids(&names, from ? ":u" : ":c", &ids);
    pal_buf_str(&s->marks, pal_buf_view(&names));
    pal_buf_fini(&names);
    pal_buf_char(&s->marks, ')');
    return PAL_OK;
}

static void narrow(struct search *s, int64_t from_ms, int64_t to_ms)
{
    if (from_ms > s->from_ms)
        s->from_ms = from_ms;
    if (to_ms != 0 && (s->to_ms == 0 || to_ms < s->to_ms))
        s->to_ms = to_ms;
}

/* before: earlier than the day begins; after: later than it ends. Days are the caller's. */
static enum pal_code add_day(struct pal_call *c, struct search *s, const struct query_filter *f)
{
    int64_t begin = f->day * DAY_MS - pal_json_int(c->in, "utc_offset", 0) * MINUTE_MS;
    if (f->without)
        return wrong_operator(c, f->shown, "days cannot be excluded; use before and after");
    narrow(s,
           f->kind == FILTER_AFTER ? begin + DAY_MS
           : f->kind == FILTER_ON  ? begin
                                   : 0,
           f->kind == FILTER_BEFORE ? begin
           : f->kind == FILTER_ON   ? begin + DAY_MS
                                    : 0);
    return PAL_OK;
}

static enum pal_code add_filter(struct pal_call *c, struct search *s, const struct query_filter *f)
{
    static const char *const marks[] = {
        [FILTER_LINK] = "':hlink'",     [FILTER_FILE] = "':hfile'",
        [FILTER_IMAGE] = "':himage'",   [FILTER_REACTION] = "':hreaction'",
        [FILTER_PINNED] = "':hpinned'", [FILTER_THREAD] = "':hthread'"};
    switch (f->kind) {
    case FILTER_FROM:
    case FILTER_IN:
    case FILTER_WITH:
        return add_named(c, s, f);
    case FILTER_BEFORE:
    case FILTER_AFTER:
    case FILTER_ON:
        return add_day(c, s, f);
    case FILTER_SAVED:
        s->saved = true;
        return f->without ? wrong_operator(c, f->shown, "what is saved cannot be excluded")
                          : PAL_OK;
    case FILTER_LINK:
    case FILTER_FILE:
    case FILTER_IMAGE:
    case FILTER_REACTION:
    case FILTER_PINNED:
    case FILTER_THREAD:
        break;
    }
    add_mark(s, f->without);
    pal_buf_z(&s->marks, marks[f->kind]);
    return PAL_OK;
}

/* Without in: it is all that the caller may read. A few channels are named to the index, so that it
 * passes over all others; many would cost more than they spare. */
static enum pal_code set_scope(struct pal_call *c, struct search *s)
{
    struct search_ids ids;
    struct viewer v = gate_viewer(c);
    if (s->scope.n > 0 || s->nowhere)
        return PAL_OK;
    enum pal_code code = search_scope(c->db, c->arena, &v, &ids, &c->err);
    s->nowhere = ids.n == 0;
    if (ids.more)
        pal_buf_printf(&s->scope, "':o%llu'", (unsigned long long)v.org);
    else
        put_ids(&s->scope, ":c", &ids);
    return code;
}

static void put_part_of(const struct pal_buf *part, struct pal_buf *out)
{
    if (part->n == 0)
        return;
    pal_buf_z(out, out->n > 0 ? " & (" : "(");
    pal_buf_str(out, pal_buf_view(part));
    pal_buf_char(out, ')');
}

/* An index has no list of what is without a word: where nothing is to be there, the channels are.
 */
static void put_words(const struct search *s, enum seek_terms which, struct pal_buf *out)
{
    put_part_of(&s->authors, out);
    put_part_of(&s->marks, out);
    bool wanted = seek_tsquery(&s->seek, which, out);
    if (!wanted && !s->marked && s->authors.n == 0)
        put_part_of(&s->scope, out);
}

/* Looks up which words wor* stands for: where they are few, they are looked for instead. */
static enum pal_code list_words(struct pal_call *c, struct seek *s)
{
    struct pal_str prefixes[PREFIXES_MAX];
    struct search_words words[PREFIXES_MAX] = {0};
    size_t n = 0, of[PREFIXES_MAX];
    for (size_t i = 0; i < s->n_elements && n < PREFIXES_MAX; i++) {
        prefixes[n] = seek_prefix(s, &s->elements[i]);
        if (prefixes[n].n > 0)
            of[n++] = i;
    }
    if (n == 0)
        return PAL_OK;
    enum pal_code code = search_words(c->db, c->arena, prefixes, n, words, &c->err);
    for (size_t i = 0; i < n; i++) {
        s->elements[of[i]].words = words[i].all;
        s->elements[of[i]].n_words = words[i].n;
    }
    return code;
}

static enum pal_code compile(struct pal_call *c, struct search *s)
{
    enum pal_code code = PAL_OK;
    for (size_t i = 0; i < s->query.n_filters && code == PAL_OK; i++)
        code = add_filter(c, s, &s->query.filters[i]);
    if (code == PAL_OK)
        code = set_scope(c, s);
    if (code == PAL_OK)
        code = list_words(c, &s->seek);
    if (code != PAL_OK)
        return code;
    put_words(s, SEEK_ALL, &s->words);
    put_words(s, SEEK_NO_MISSING_PREFIXES, &s->indexed);
    put_words(s, SEEK_NO_PREFIXES, &s->plain);
    if (s->by_relevance)
        seek_tsquery_wanted(&s->seek, &s->rank);
    bool failed = s->words.failed || s->indexed.failed || s->plain.failed || s->rank.failed ||
                  s->scope.failed;
    return failed ? pal_fail(c, &pal_err_search_too_long, "the query is too long") : PAL_OK;
}

/* ---- the answer ---- */

static void put_part(struct pal_buf *out, struct pal_str text, uint32_t from, uint32_t to,
                     bool match)
{
    if (from >= to)
        return;
    if (out->p[out->n - 1] != '[')
        pal_buf_char(out, ',');
    pal_buf_z(out, "{\"text\":");
    pal_buf_json_str(out, (struct pal_str){text.p + from, to - from});
    pal_buf_z(out, match ? ",\"match\":true}" : ",\"match\":false}");
}

static void put_highlight(struct search *s, struct pal_str text, struct pal_buf *out)
{
    struct seek_range ranges[SEEK_RANGES_MAX];
    size_t n = seek_ranges(&s->stemmers, &s->seek, text, ranges);
    struct seek_range shown = excerpt_of(text, ranges, n);
    uint32_t at = shown.begin;
    pal_buf_z(out, ",\"highlight\":[");
    for (size_t i = 0; i < n && ranges[i].end <= shown.end; i++) {
        if (ranges[i].begin < at)
            continue;
        put_part(out, text, at, ranges[i].begin, false);
        put_part(out, text, ranges[i].begin, ranges[i].end, true);
        at = ranges[i].end;
    }
    put_part(out, text, at, shown.end, false);
    pal_buf_z(out, "]}");
}

static void put_item(struct search *s, const struct pal_rows *rows, int row, struct pal_buf *out)
{
    pal_buf_z(out, "{\"message\":");
    pal_buf_str(out, pal_row_str(rows, row, SEARCH_COL_MESSAGE));
    pal_buf_z(out, ",\"channel\":");
    pal_buf_str(out, pal_row_str(rows, row, SEARCH_COL_CHANNEL));
    put_highlight(s, pal_row_str(rows, row, SEARCH_COL_CONTENT), out);
}

/* Items up to the size of a page. How many of the hits are dealt with: a message that is not shown
 * is one that was deleted a moment ago. */
static size_t put_items(struct search *s, const struct pal_rows *rows, struct pal_buf *out)
{
    enum { ITEM_MAX = 100 << 10 };
    size_t done = 0;
    int row = 0;
    pal_buf_z(out, "{\"items\":[");
    for (; done < s->n_page && (row == 0 || out->n + ITEM_MAX < REPLY_BYTES); done++) {
        if (row == rows->n || pal_row_int(rows, row, SEARCH_COL_ID) != s->page[done].id)
            continue;
        if (row > 0)
            pal_buf_char(out, ',');
        put_item(s, rows, row++, out);
    }
    return done;
}

static enum pal_code answer(struct pal_call *c, struct search *s)
{
    PAL_ROWS rows = {0};
    struct pal_buf text;
    struct viewer v = gate_viewer(c);
    int64_t ids[SEARCH_PAGE_MAX];
    for (size_t i = 0; i < s->n_page; i++)
        ids[i] = s->page[i].id;
    enum pal_code code = search_show(c->db, c->arena, &v, ids, s->n_page, &rows, &c->err);
    if (code != PAL_OK)
        return code;
    pal_buf_init(&text, PAL_FRAME_BODY_MAX);
    size_t done = put_items(s, &rows, &text);
    pal_buf_z(&text, "],\"next_cursor\":");
    search_put_cursor(s, done, &text);
    pal_buf_char(&text, '}');
    code = text.failed ? pal_fail(c, &pal_err_service_internal, "the page does not fit")
                       : pal_reply_text(c, pal_buf_view(&text));
    pal_buf_fini(&text);
    return code;
}

static enum pal_code run(struct pal_call *c, struct search *s)
{
    s->by_relevance = pal_str_eq(pal_json_str(c->in, "sort"), PAL_STR("relevance"));
    s->limit = pal_json_int(c->in, "limit", 20);
    enum pal_code code = parse(c, s);
    if (code == PAL_OK)
        code = compile(c, s);
    if (code == PAL_OK)
        code = search_find(c, s);
    return code != PAL_OK ? code : answer(c, s);
}

enum pal_code message_search(struct pal_call *c)
{
    struct search *s = pal_arena_alloc(c->arena, sizeof *s);
    struct pal_buf *all[] = {&s->words, &s->indexed, &s->plain, &s->rank,
                             &s->scope, &s->authors, &s->marks};
    if (!s || !stemmers_init(&s->stemmers))
        return pal_fail(c, &pal_err_service_internal, "out of memory");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        pal_buf_init(all[i], TSQUERY_BYTES_MAX);
    enum pal_code code = run(c, s);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        pal_buf_fini(all[i]);
    stemmers_fini(&s->stemmers);
    return code;
}
