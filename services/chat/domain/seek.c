/* Words of a query as lexemes, a tsquery, places in a text: seek.h. */
#include "domain/seek.h"

/* ---- lexemes of a query ---- */

enum { GOES_ON_MIN = 3 };

struct maker {
    struct stemmers *stemmers;
    struct seek *out;
    const struct query_word *word;
    bool prefix; /* the last element may go on, if it has GOES_ON_MIN letters or there was a star */
};

/* False: no room. */
static bool add_alt(struct seek *s, struct seek_element *e, struct pal_str text, bool stem,
                    bool prefix)
{
    bool fits = s->pool_n + text.n <= SEEK_POOL_BYTES;
    if (fits) {
        memcpy(s->pool + s->pool_n, text.p, text.n);
        e->alts[e->n++] = (struct seek_alt){(uint16_t)s->pool_n, (uint16_t)text.n, stem, prefix};
        s->pool_n += text.n;
    }
    return fits;
}

/* A word finds itself and what has it as its stem; each of its stems does so, too, which are unlike
 * it and one another. */
static bool add_stems(const struct maker *m, struct seek_element *e, struct pal_str accented,
                      struct pal_str folded)
{
    struct stem stems[STEMS_MAX];
    size_t n = stems_of(m->stemmers, accented, folded, stems);
    bool ok = add_alt(m->out, e, folded, true, false);
    for (size_t i = 0; i < n && ok; i++) {
        struct pal_str text = {stems[i].text, stems[i].n};
        ok = add_alt(m->out, e, text, false, false) && add_alt(m->out, e, text, true, false);
    }
    return ok;
}

/* Characters [from, to) of the run as the next element. Marks alone make none. */
static bool add_element(const struct maker *m, const struct word_run *run, size_t from, size_t to,
                        bool prefix)
{
    char folded[WORD_BYTES], accented[WORD_BYTES];
    struct pal_str text = {folded, words_text(run, from, to, false, folded)};
    if (text.n == 0)
        return true;
    if (m->out->n_elements == SEEK_ELEMENTS_MAX)
        return false;
    struct seek_element *e = &m->out->elements[m->out->n_elements++];
    *e = (struct seek_element){.n = 0};
    bool fits = add_alt(m->out, e, text, false, prefix);
    if (!fits || run->kind != FOLD_WORD || m->word->phrase || m->word->prefix)
        return fits;
    size_t n = words_text(run, from, to, true, accented);
    return add_stems(m, e, (struct pal_str){accented, n}, text);
}

/* A single character of a dense script begins the pairs that it stands in. */
static bool add_run(const struct maker *m, const struct word_run *run, bool parts, bool last,
                    bool first)
{
    size_t begins[WORD_PARTS_MAX], n = parts ? words_parts(run, begins) : 1;
    if (run->kind == FOLD_SIGN)
        return add_element(m, run, 0, run->n, false);
    if (run->kind == FOLD_DENSE && run->n == 1 && !first && last)
        return true; /* it is in the pair before */
    if (run->kind == FOLD_DENSE)
        return add_element(m, run, 0, run->n, run->n == 1 && first);
    begins[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t to = i + 1 == n ? run->n : begins[i + 1];
        bool prefix =
            to == run->n && last && m->prefix && (m->word->prefix || to - begins[i] >= GOES_ON_MIN);
        if (!add_element(m, run, begins[i], to, prefix))
            return false;
    }
    return true;
}

static bool is_last(struct pal_str text, size_t at)
{
    struct word_run run;
    return !words_next(text, &at, &run);
}

/* One reading of the word; *pieces: how many parts it has if it is read by its parts. */
static bool add_row(const struct maker *m, bool parts, struct seek_row *row, bool *several)
{
    struct word_run run;
    size_t begins[WORD_PARTS_MAX];
    bool after_dense = false;
    row->first = m->out->n_elements;
    for (size_t at = 0; words_next(m->word->text, &at, &run);) {
        *several = *several || words_parts(&run, begins) > 1;
        if (!add_run(m, &run, parts, is_last(m->word->text, at), !after_dense))
            return false;
        after_dense = run.kind == FOLD_DENSE && run.n == 2;
    }
    row->n = m->out->n_elements - row->first;
    return true;
}

static bool add_term(const struct maker *m)
{
    struct seek_term term = {.without = m->word->without};
    bool several = false;
    if (!add_row(m, false, &term.rows[0], &several))
        return false;
    if (term.rows[0].n == 0)
        return true;
    term.n_rows = 1;
    if (several) {
        if (!add_row(m, true, &term.rows[1], &several))
            return false;
        term.n_rows = 2;
    }
    m->out->terms[m->out->n_terms++] = term;
    m->out->n_wanted += !term.without;
    return true;
}

/* The word that is still being typed. */
static bool goes_on(const struct query *q, size_t i)
{
    const struct query_word *w = &q->words[i];
    return w->prefix || (i + 1 == q->n_words && !w->phrase && !w->without);
}

bool seek_make(struct stemmers *stemmers, const struct query *q, struct seek *out)
{
    out->n_elements = out->n_terms = out->pool_n = out->n_wanted = 0;
    for (size_t i = 0; i < q->n_words; i++) {
        struct maker m = {stemmers, out, &q->words[i], goes_on(q, i)};
        if (!add_term(&m))
            return false;
    }
    return true;
}

/* ---- for PostgreSQL ---- */

/* Lexemes are letters and digits only, so there is nothing in them to quote. */
static void put_lexeme(struct pal_buf *out, struct pal_str text, bool stem)
{
    pal_buf_z(out, stem ? "'=" : "'");
    pal_buf_str(out, text);
    pal_buf_char(out, '\'');
}

struct pal_str seek_prefix(const struct seek *s, const struct seek_element *e)
{
    bool prefix = e->n > 0 && e->alts[0].prefix;
    return prefix ? (struct pal_str){s->pool + e->alts[0].at, e->alts[0].n} : (struct pal_str){0};
}

/* If there is no such word, that is what is looked for. */
static void put_words(struct pal_str prefix, const struct seek_element *e, struct pal_buf *out)
{
    if (e->n_words == 0)
        put_lexeme(out, prefix, false);
    for (size_t i = 0; i < e->n_words; i++) {
        if (i > 0)
            pal_buf_char(out, '|');
        put_lexeme(out, e->words[i], false);
    }
}

static void put_alt(const struct seek *s, const struct seek_alt *a, struct pal_buf *out)
{
    put_lexeme(out, (struct pal_str){s->pool + a->at, a->n}, a->stem);
    if (a->prefix)
        pal_buf_z(out, ":*");
}

static void put_element(const struct seek *s, const struct seek_element *e, bool by_words,
                        struct pal_buf *out)
{
    bool known = by_words && e->words;
    pal_buf_char(out, '(');
    if (known)
        put_words(seek_prefix(s, e), e, out);
    for (size_t i = known; i < e->n; i++) {
        if (i > 0)
            pal_buf_char(out, '|');
        put_alt(s, &e->alts[i], out);
    }
    pal_buf_char(out, ')');
}

static void put_term(const struct seek *s, const struct seek_term *t, bool by_words,
                     struct pal_buf *out)
{
    pal_buf_char(out, '(');
    for (size_t r = 0; r < t->n_rows; r++) {
        if (r > 0)
            pal_buf_char(out, '|');
        pal_buf_char(out, '(');
        for (size_t i = 0; i < t->rows[r].n; i++) {
            if (i > 0)
                pal_buf_z(out, "<->");
            put_element(s, &s->elements[t->rows[r].first + i], by_words, out);
        }
        pal_buf_char(out, ')');
    }
    pal_buf_char(out, ')');
}

/* Only the last element of a row can go on. */
static bool is_prefixed(const struct seek *s, const struct seek_term *t)
{
    for (size_t r = 0; r < t->n_rows; r++) {
        const struct seek_element *last = &s->elements[t->rows[r].first + t->rows[r].n - 1];
        if (seek_prefix(s, last).n > 0 && !last->words)
            return true;
    }
    return false;
}

bool seek_has_prefix(const struct seek *s, bool without)
{
    for (size_t i = 0; i < s->n_terms; i++)
        if (s->terms[i].without == without && is_prefixed(s, &s->terms[i]))
            return true;
    return false;
}

static bool is_one_of(const struct seek *s, const struct seek_term *t, enum seek_terms which)
{
    bool harmless = which == SEEK_ALL || (which == SEEK_NO_MISSING_PREFIXES && !t->without);
    return harmless || !is_prefixed(s, t);
}

bool seek_tsquery(const struct seek *s, enum seek_terms which, struct pal_buf *out)
{
    bool wanted = false;
    for (size_t i = 0; i < s->n_terms; i++) {
        const struct seek_term *t = &s->terms[i];
        if (!is_one_of(s, t, which))
            continue;
        if (out->n > 0)
            pal_buf_z(out, " & ");
        if (t->without)
            pal_buf_char(out, '!');
        put_term(s, t, true, out);
        wanted = wanted || !t->without;
    }
    return wanted;
}

void seek_tsquery_wanted(const struct seek *s, struct pal_buf *out)
{
    const char *between = "";
    for (size_t i = 0; i < s->n_terms; i++) {
        if (s->terms[i].without)
            continue;
        pal_buf_z(out, between);
        put_term(s, &s->terms[i], false, out);
        between = " | ";
    }
}

enum { POSITION_MAX = 16383 }; /* of a tsvector */

static bool put_stored(void *ctx, const struct lexeme *l)
{
    struct pal_buf *out = ctx;
    put_lexeme(out, l->text, l->stem);
    pal_buf_char(out, ':');
    pal_buf_int(out, l->position < POSITION_MAX ? l->position : POSITION_MAX);
    pal_buf_char(out, ' ');
    return !out->failed;
}

void seek_tsvector(struct stemmers *stemmers, struct pal_str text, struct pal_buf *out)
{
    words_lexemes(stemmers, text, put_stored, out);
}
