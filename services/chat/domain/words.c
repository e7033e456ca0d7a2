/* Words of a text: words.h. */
#include "domain/words.h"

static void take(struct word_run *run, uint32_t c, size_t begin, size_t end)
{
    run->chars[run->n] = c;
    run->begins[run->n++] = (uint32_t)begin;
    run->begins[run->n] = (uint32_t)end;
}

/* The rest of a word; what does not fit is passed over. */
static void take_word(struct pal_str text, size_t *at, struct word_run *run)
{
    while (*at < text.n) {
        size_t begin = *at, end = begin;
        uint32_t c = fold_next(text, &end);
        if (fold_kind(c) != FOLD_WORD)
            return;
        if (run->n < WORD_CHARS_MAX)
            take(run, c, begin, end);
        *at = end;
    }
}

static void take_second(struct pal_str text, size_t at, struct word_run *run)
{
    size_t end = at;
    uint32_t c = at < text.n ? fold_next(text, &end) : ' ';
    if (fold_kind(c) == FOLD_DENSE)
        take(run, c, at, end);
}

bool words_next(struct pal_str text, size_t *at, struct word_run *out)
{
    while (*at < text.n) {
        size_t begin = *at;
        uint32_t c = fold_next(text, at);
        out->kind = fold_kind(c);
        out->n = 0;
        if (out->kind == FOLD_GAP)
            continue;
        take(out, c, begin, *at);
        if (out->kind == FOLD_WORD)
            take_word(text, at, out);
        else if (out->kind == FOLD_DENSE)
            take_second(text, *at, out);
        return true;
    }
    return false;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* getUser: before U; HTTPServer: before S; sha256: before 2. */
static bool begins_part(const struct word_run *run, size_t i)
{
    bool upper = fold_is_upper(run->chars[i]), before = fold_is_upper(run->chars[i - 1]);
    bool last = i + 1 == run->n;
    if (is_digit(run->chars[i]) != is_digit(run->chars[i - 1]))
        return true;
    return upper && (!before ||
                     (!last && !is_digit(run->chars[i + 1]) && !fold_is_upper(run->chars[i + 1])));
}

size_t words_parts(const struct word_run *run, size_t begins[WORD_PARTS_MAX])
{
    size_t n = 1;
    begins[0] = 0;
    for (size_t i = 1; i < run->n && n < WORD_PARTS_MAX; i++)
        if (run->kind == FOLD_WORD && begins_part(run, i))
            begins[n++] = i;
    return n;
}

static size_t put_char(char *to, uint32_t c, bool accents)
{
    const char *pair = fold_pair(c);
    if (pair) {
        to[0] = pair[0];
        to[1] = pair[1];
        return 2;
    }
    c = accents ? fold_lower(c) : fold_char(c);
    return c == 0 ? 0 : fold_put(to, c);
}

size_t words_text(const struct word_run *run, size_t from, size_t to, bool accents,
                  char out[WORD_BYTES])
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += put_char(out + n, run->chars[i], accents);
    return n;
}

/* ---- lexemes ---- */

struct teller {
    struct stemmers *stemmers;
    lexeme_fn *fn;
    void *ctx;
    uint32_t position;
};

static bool tell(const struct teller *t, const struct word_run *run, size_t from, size_t to,
                 uint32_t position, struct pal_str text, bool stem)
{
    struct lexeme l = {text, stem, position, run->begins[from], run->begins[to]};
    return text.n == 0 || t->fn(t->ctx, &l);
}

/* Characters [from, to) as they are, and their stems. */
static bool tell_word(const struct teller *t, const struct word_run *run, size_t from, size_t to,
                      uint32_t position, bool with_stems)
{
    char folded[WORD_BYTES], accented[WORD_BYTES];
    struct stem stems[STEMS_MAX];
    struct pal_str text = {folded, words_text(run, from, to, false, folded)};
    if (!tell(t, run, from, to, position, text, false))
        return false;
    if (!with_stems)
        return true;
    struct pal_str written = {accented, words_text(run, from, to, true, accented)};
    size_t n = stems_of(t->stemmers, written, text, stems);
    for (size_t i = 0; i < n; i++)
        if (!tell(t, run, from, to, position, (struct pal_str){stems[i].text, stems[i].n}, true))
            return false;
    return true;
}

/* Each part with its stems, and what it begins up to the end of the word: getUserName is found by
 * username, too. */
static bool tell_parts(struct teller *t, const struct word_run *run)
{
    size_t begins[WORD_PARTS_MAX], n = words_parts(run, begins);
    bool more = true;
    for (size_t i = 0; i < n && more; i++) {
        size_t end = i + 1 < n ? begins[i + 1] : run->n;
        uint32_t position = t->position + (uint32_t)i;
        more = tell_word(t, run, begins[i], end, position, true) &&
               (end == run->n || tell_word(t, run, begins[i], run->n, position, i == 0));
    }
    t->position += (uint32_t)n;
    return more;
}

/* The pair that it begins; the last of a row, which begins none, by itself. */
static bool tell_dense(struct teller *t, const struct word_run *run)
{
    return tell_word(t, run, 0, run->n, t->position++, false);
}

void words_lexemes(struct stemmers *stemmers, struct pal_str text, lexeme_fn *fn, void *ctx)
{
    struct teller t = {stemmers, fn, ctx, 1};
    struct word_run run;
    bool more = true;
    for (size_t at = 0; more && words_next(text, &at, &run);)
        more = run.kind == FOLD_WORD ? tell_parts(&t, &run) : tell_dense(&t, &run);
}
