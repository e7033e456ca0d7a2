/* Finding again in a text what the index has found it by: seek.h. */
#include "domain/seek.h"

enum { HITS_MAX = 400, LEXEMES_MAX = 6000 };

/* An element of the search in its place. */
struct hit {
    uint32_t position, begin, end;
    uint16_t element;
};

struct finder {
    const struct seek *seek;
    struct hit hits[HITS_MAX];
    size_t n_hits, n_lexemes;
    struct seek_range *ranges;
    size_t n_ranges;
};

static bool is_found(const struct seek *s, const struct seek_element *e, const struct lexeme *l)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct seek_alt *a = &e->alts[i];
        struct pal_str text = {s->pool + a->at, a->n};
        if (a->stem == l->stem &&
            (a->prefix ? pal_str_starts(l->text, text) : pal_str_eq(l->text, text)))
            return true;
    }
    return false;
}

static bool collect(void *ctx, const struct lexeme *l)
{
    struct finder *f = ctx;
    for (size_t i = 0; i < f->seek->n_elements && f->n_hits < HITS_MAX; i++)
        if (is_found(f->seek, &f->seek->elements[i], l))
            f->hits[f->n_hits++] = (struct hit){l->position, l->begin, l->end, (uint16_t)i};
    return f->n_hits < HITS_MAX && ++f->n_lexemes < LEXEMES_MAX;
}

/* Keeps them sorted and apart: one that touches or overlaps another is joined with it. */
static void add_range(struct finder *f, uint32_t begin, uint32_t end)
{
    size_t at = f->n_ranges;
    while (at > 0 && f->ranges[at - 1].begin > begin)
        at--;
    if (at > 0 && f->ranges[at - 1].end > begin) {
        at--;
        if (end > f->ranges[at].end)
            f->ranges[at].end = end;
    } else if (f->n_ranges < SEEK_RANGES_MAX) {
        memmove(&f->ranges[at + 1], &f->ranges[at], (f->n_ranges - at) * sizeof *f->ranges);
        f->ranges[at] = (struct seek_range){begin, end};
        f->n_ranges++;
    }
    while (at + 1 < f->n_ranges && f->ranges[at + 1].begin < f->ranges[at].end) {
        if (f->ranges[at + 1].end > f->ranges[at].end)
            f->ranges[at].end = f->ranges[at + 1].end;
        f->n_ranges--;
        memmove(&f->ranges[at + 1], &f->ranges[at + 2], (f->n_ranges - at - 1) * sizeof *f->ranges);
    }
}

static const struct hit *hit_at(const struct finder *f, size_t element, uint32_t position)
{
    for (size_t i = 0; i < f->n_hits; i++)
        if (f->hits[i].element == element && f->hits[i].position == position)
            return &f->hits[i];
    return NULL;
}

/* The row that begins with this hit: all of its elements, one behind the other. */
static void add_row(struct finder *f, const struct seek_row *row, const struct hit *first)
{
    const struct hit *hits[SEEK_ELEMENTS_MAX] = {first};
    for (size_t i = 1; i < row->n; i++)
        if (!(hits[i] = hit_at(f, row->first + i, first->position + (uint32_t)i)))
            return;
    for (size_t i = 0; i < row->n; i++)
        add_range(f, hits[i]->begin, hits[i]->end);
}

static void add_term(struct finder *f, const struct seek_term *term)
{
    for (size_t r = 0; r < term->n_rows; r++)
        for (size_t i = 0; i < f->n_hits; i++)
            if (f->hits[i].element == term->rows[r].first)
                add_row(f, &term->rows[r], &f->hits[i]);
}

size_t seek_ranges(struct stemmers *stemmers, const struct seek *s, struct pal_str text,
                   struct seek_range out[SEEK_RANGES_MAX])
{
    struct finder f = {.seek = s, .ranges = out};
    words_lexemes(stemmers, text, collect, &f);
    for (size_t i = 0; i < s->n_terms; i++)
        if (!s->terms[i].without)
            add_term(&f, &s->terms[i]);
    return f.n_ranges;
}
