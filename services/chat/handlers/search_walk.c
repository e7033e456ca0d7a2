/* Finding matches: from the newest messages back, a range of ids at a time, until there are enough
 * or the time is up. By time a page is what is found first. By relevance the newest matches are
 * ranked among each other (a window), then the next ones; the cursor says which window it is and
 * where in it. */
#include "handlers/search.h"

#include "base/clock.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    BUDGET_US = 250000, /* then the page ends with what there is, and the next goes on from there */
    PREFIX_IS_COMMON = 50 /* one of so many has it */
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
    bool beside; /* prefixes are looked at in the rows: they are common, or may be */
    size_t wanted;
};

/* Some rows of a range, a prefix being looked at in them, tell how common it is: then the rest is
 * done like this, or by the index. */
static void choose(struct walker *w, const struct walk_range *range, int64_t matches)
{
    bool rare = matches * PREFIX_IS_COMMON < range->to - range->from;
    if (w->beside && rare)
        w->beside = false;
}

static enum pal_code look(struct pal_call *c, struct search *s, struct walker *w,
                          const struct walk_range *range)
{
    struct viewer v = gate_viewer(c);
    int64_t matches = 0;
    size_t n = 0;
    pal_buf_clear(&w->blocks);
    walk_tsquery(range, &w->blocks);
    w->ask.blocks = pal_buf_view(&w->blocks);
    w->ask.words = pal_buf_view(w->beside ? &s->plain : &s->words);
    w->ask.beside = w->beside ? pal_buf_view(&s->words) : (struct pal_str){0};
    w->ask.from = range->from;
    w->ask.to = range->to;
    w->ask.limit = (int64_t)(w->wanted - s->n_found);
    enum pal_code code =
        search_matches(c->db, c->arena, &v, &w->ask, s->found + s->n_found, &n, &matches, &c->err);
    s->n_found += n;
    walk_learn(&w->walk, range, matches, (int64_t)n, (int64_t)(w->wanted - s->n_found));
    choose(w, range, matches);
    return code;
}

/* Finds up to w->wanted. */
static enum pal_code walk(struct pal_call *c, struct search *s, struct walker *w, bool hurry)
{
    int64_t end = pal_mono_us() + BUDGET_US;
    struct walk_range range;
    enum pal_code code = PAL_OK;
    bool late = false;
    walk_begin(&w->walk, s->window_from, s->window_to);
    if (s->saved)
        w->walk.size = s->window_to;
    while (code == PAL_OK && s->n_found < w->wanted && !late && walk_next(&w->walk, &range)) {
        code = look(c, s, w, &range);
        late = hurry && pal_mono_us() > end;
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
    struct walker w = {.wanted = s->by_relevance ? SEARCH_WINDOW : (size_t)s->limit + 1};
    enum pal_code code = place(c, s);
    if (code != PAL_OK || s->nowhere)
        return code;
    bool named = s->after.id != 0;
    w.beside = !s->saved && seek_has_prefix(&s->seek);
    w.ask =
        (struct search_ask){.scope = pal_buf_view(&s->scope),
                            .rank = s->rank.n > 0 ? pal_buf_view(&s->rank) : (struct pal_str){0},
                            .from_ms = s->from_ms,
                            .to_ms = s->to_ms,
                            .anchor_ms = s->anchor_ms,
                            .saved = s->saved};
    pal_buf_init(&w.blocks, 4096);
    code = walk(c, s, &w, !named);
    pal_buf_fini(&w.blocks);
    if (s->by_relevance)
        page_by_rank(s, &w.walk, named);
    else
        page_by_time(s, &w.walk);
    return code;
}
