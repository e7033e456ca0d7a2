/* Finding matches: from the newest messages back, a range of ids at a time, until there are enough
 * or the time is up. By time a page is what is found first. By relevance the newest matches are
 * ranked among each other (a window: a page, and more of them while they are soon found), then the
 * next ones; the cursor says which window it is and where in it. */
#include "handlers/search.h"

#include "base/clock.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    BUDGET_US = 250000, /* then the page ends with what there is, and the next goes on from there */
    WINDOW_US = 20000,  /* then a window that fills a page is large enough */
    BESIDE_MAX = 20000  /* rows: what they cost is what a prefix costs the index */
};

/* ---- cursors: t.ID, or r.TO.FROM.ANCHOR.SCORE.ID ---- */

static bool take_number(struct pal_str *text, int64_t *out)
{
    struct pal_str head, rest = pal_str_cut(*text, '.', &head);
    *text = rest;
    return head.n > 0 && pal_parse_i64(head, out) && *out >= 0 && *out <= PAL_ID_MAX;
}

static bool read_cursor(struct search *s, struct pal_str text)
{
    struct pal_str kind, rest = pal_str_cut(text, '.', &kind);
    int64_t *const by_time[] = {&s->window_to};
    int64_t *const by_rank[] = {&s->window_to, &s->window_from, &s->anchor_ms, &s->after.score,
                                &s->after.id};
    size_t n = s->by_relevance ? 5 : 1;
    if (!pal_str_eq(kind, s->by_relevance ? PAL_STR("r") : PAL_STR("t")))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!take_number(&rest, s->by_relevance ? by_rank[i] : by_time[i]))
            return false;
    return rest.p == NULL && s->window_to > 0;
}

static enum pal_code place(struct pal_call *c, struct search *s)
{
    struct pal_str text = pal_json_str(c->in, "cursor");
    int64_t from = 0, to = 0;
    s->anchor_ms = c->now_ms;
    if (text.p && !read_cursor(s, text)) {
        enum pal_code bad =
            pal_fail(c, &pal_err_request_invalid, "the cursor is not one of this search's");
        pal_error_field(&c->err, "/cursor", "must be next_cursor of the page before");
        return bad;
    }
    enum pal_code code = search_span(c->db, c->arena, s->from_ms, s->to_ms, &from, &to, &c->err);
    if (!text.p || s->window_to > to)
        s->window_to = to;
    if (s->window_from < from)
        s->window_from = from;
    s->floor = from;
    s->newest = s->to_ms == 0 ? to : INT64_MAX;
    return code;
}

void search_put_cursor(const struct search *s, size_t done, struct pal_buf *out)
{
    bool cut = done < s->n_page;
    const struct search_hit *last = done > 0 ? &s->page[done - 1] : &s->after;
    if (!s->by_relevance && (cut || s->next > 0))
        pal_buf_printf(out, "\"t.%" PRId64 "\"", cut ? last->id : s->next);
    else if (s->by_relevance && (cut || s->more))
        pal_buf_printf(out, "\"r.%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64 "\"",
                       s->window_to, s->next, s->anchor_ms, last->score, last->id);
    else if (s->by_relevance && s->next > 0)
        pal_buf_printf(out, "\"r.%" PRId64 ".0.%" PRId64 ".0.0\"", s->next, s->anchor_ms);
    else
        pal_buf_z(out, "null");
}

/* ---- the walk ---- */

struct walker {
    struct walk walk;
    struct search_ask ask;
    struct pal_buf blocks;
    bool prefixes; /* there are some, of either kind: the rows are looked at */
    bool beside;   /* only the rows are, not the index */
    bool named;    /* the window is one that a cursor names: all of it */
    size_t page, wanted;
};

/* A range tells how many rows have all but the prefix, and how many of them are wanted: then the
 * rest is done like this, or by the index, which gathers all words that begin so. */
static void choose(struct walker *w, const struct walk_range *range, int64_t looked_at,
                   int64_t found, int64_t wanted)
{
    int64_t rest = looked_at * (range->from - w->walk.floor) / (range->to - range->from);
    int64_t enough = found > 0 ? looked_at * wanted / found : rest;
    if (w->beside && rest > BESIDE_MAX && enough > BESIDE_MAX)
        w->beside = false;
}

/* The index is asked for what is in the range only; where that is most of what there is, to look
 * each match up in the blocks costs more than the few that are too many. */
static void set_blocks(struct walker *w, const struct walk_range *range, int64_t newest)
{
    bool most = range->to - range->from >= newest / 2;
    pal_buf_clear(&w->blocks);
    walk_tsquery(range, &w->blocks);
    w->ask.blocks = (struct pal_str){0};
    if (!most)
        w->ask.blocks = pal_buf_view(&w->blocks);
}

/* How far back the next look goes: for a page as far as it takes, for more than that as far again.
 */
static void learn(struct search *s, struct walker *w, const struct walk_range *range,
                  int64_t looked_at, size_t n)
{
    size_t goal = w->named || s->n_found >= w->page ? w->wanted : w->page;
    int64_t wanted = (int64_t)(goal - s->n_found), walked = s->window_to - range->from;
    walk_learn(&w->walk, range, looked_at, (int64_t)n, wanted);
    if (!w->named && s->n_found >= w->page && w->walk.size > walked)
        w->walk.size = walked;
    if (goal == w->page || w->named)
        choose(w, range, looked_at, (int64_t)n, wanted);
}

static enum pal_code look(struct pal_call *c, struct search *s, struct walker *w,
                          const struct walk_range *range)
{
    struct viewer v = gate_viewer(c);
    int64_t looked_at = 0;
    size_t n = 0;
    set_blocks(w, range, s->newest);
    w->ask.words = pal_buf_view(s->saved ? &s->words : w->beside ? &s->plain : &s->indexed);
    w->ask.beside = w->prefixes ? pal_buf_view(&s->words) : (struct pal_str){0};
    w->ask.from = range->from;
    w->ask.to = range->to;
    w->ask.limit = (int64_t)(w->wanted - s->n_found);
    enum pal_code code = search_matches(c->db, c->arena, &v, &w->ask, s->found + s->n_found, &n,
                                        &looked_at, &c->err);
    s->n_found += n;
    learn(s, w, range, looked_at, n);
    return code;
}

/* Finds up to w->wanted. */
static enum pal_code walk(struct pal_call *c, struct search *s, struct walker *w)
{
    int64_t begin = pal_mono_us();
    struct walk_range range;
    enum pal_code code = PAL_OK;
    bool late = false;
    walk_begin(&w->walk, s->window_from, s->window_to);
    if (s->saved)
        w->walk.size = s->window_to;
    while (code == PAL_OK && s->n_found < w->wanted && !late && walk_next(&w->walk, &range)) {
        code = look(c, s, w, &range);
        late = !w->named && pal_mono_us() - begin > (s->n_found >= w->page ? WINDOW_US : BUDGET_US);
    }
    return code;
}

/* One more than fits was looked for: there is a next page if it was found, or if the time was up
 * before. */
static void page_by_time(struct search *s, const struct walk *w)
{
    size_t limit = (size_t)s->limit;
    s->n_page = s->n_found < limit ? s->n_found : limit;
    memcpy(s->page, s->found, s->n_page * sizeof *s->page);
    s->next = s->n_found > limit ? s->page[limit - 1].id : w->next > w->floor ? w->next : 0;
}

static int by_score(const void *a, const void *b)
{
    const struct search_hit *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

/* A full window ends with its oldest hit, one that was left early where it was left. One that a
 * cursor names ends where it says. */
static void page_by_rank(struct search *s, const struct walk *w, bool named)
{
    bool full = s->n_found == SEARCH_WINDOW;
    s->next = named ? s->window_from : full ? s->found[s->n_found - 1].id : w->next;
    if (s->next <= s->floor)
        s->next = 0;
    qsort(s->found, s->n_found, sizeof *s->found, by_score);
    for (size_t i = 0; i < s->n_found && !s->more; i++) {
        if (named && by_score(&s->found[i], &s->after) <= 0)
            continue;
        s->more = s->n_page == (size_t)s->limit;
        if (!s->more)
            s->page[s->n_page++] = s->found[i];
    }
}

enum pal_code search_find(struct pal_call *c, struct search *s)
{
    struct walker w = {.page = (size_t)s->limit + 1};
    enum pal_code code = place(c, s);
    if (code != PAL_OK || s->nowhere)
        return code;
    w.wanted = s->by_relevance ? SEARCH_WINDOW : w.page;
    w.named = s->after.id != 0;
    w.beside = seek_has_prefix(&s->seek, false);
    w.prefixes = w.beside || seek_has_prefix(&s->seek, true);
    w.ask =
        (struct search_ask){.scope = pal_buf_view(&s->scope),
                            .rank = s->rank.n > 0 ? pal_buf_view(&s->rank) : (struct pal_str){0},
                            .from_ms = s->from_ms,
                            .to_ms = s->to_ms,
                            .anchor_ms = s->anchor_ms,
                            .saved = s->saved};
    pal_buf_init(&w.blocks, 4096);
    code = walk(c, s, &w);
    pal_buf_fini(&w.blocks);
    if (s->by_relevance)
        page_by_rank(s, &w.walk, w.named);
    else
        page_by_time(s, &w.walk);
    return code;
}
