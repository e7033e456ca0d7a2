/* Searches as people write them: query.h. One pass over the text. */
#include "domain/query.h"

#include "domain/fold.h"

enum operator_kind { OP_FROM, OP_IN, OP_BEFORE, OP_AFTER, OP_ON, OP_HAS, OP_IS };

struct spelling {
    const char *text; /* in lower case, without accents */
    int meaning;
};
static const struct spelling operators[] = {
    {"from", OP_FROM},     {"de", OP_FROM},      {"in", OP_IN},       {"en", OP_IN},
    {"before", OP_BEFORE}, {"antes", OP_BEFORE}, {"after", OP_AFTER}, {"despues", OP_AFTER},
    {"on", OP_ON},         {"dia", OP_ON},       {"fecha", OP_ON},    {"has", OP_HAS},
    {"tiene", OP_HAS},     {"con", OP_HAS},      {"is", OP_IS},       {"es", OP_IS}};
static const struct spelling things[] = {
    {"link", FILTER_LINK},    {"enlace", FILTER_LINK},       {"file", FILTER_FILE},
    {"archivo", FILTER_FILE}, {"fichero", FILTER_FILE},      {"image", FILTER_IMAGE},
    {"imagen", FILTER_IMAGE}, {"reaction", FILTER_REACTION}, {"reaccion", FILTER_REACTION}};
static const struct spelling states[] = {{"pinned", FILTER_PINNED}, {"fijado", FILTER_PINNED},
                                         {"thread", FILTER_THREAD}, {"hilo", FILTER_THREAD},
                                         {"saved", FILTER_SAVED},   {"guardado", FILTER_SAVED}};
static const struct spelling callers[] = {{"me", 0}, {"yo", 0}, {"mi", 0}};
static const struct spelling days[] = {{"today", 0}, {"hoy", 0}, {"yesterday", -1}, {"ayer", -1}};

/* Whatever its case and accents. */
static bool is_spelled(struct pal_str text, const char *spelling)
{
    struct pal_str as = pal_str_of(spelling);
    size_t i = 0;
    for (size_t at = 0; at < text.n;) {
        char bytes[4];
        uint32_t c = fold_char(fold_next(text, &at));
        if (c == 0)
            continue;
        size_t n = fold_put(bytes, c);
        if (n > as.n - i || memcmp(bytes, as.p + i, n) != 0)
            return false;
        i += n;
    }
    return i == as.n;
}

static const struct spelling *find(const struct spelling *list, size_t n, struct pal_str text)
{
    for (size_t i = 0; i < n; i++)
        if (is_spelled(text, list[i].text))
            return &list[i];
    return NULL;
}
#define FIND(list, text) find((list), sizeof(list) / sizeof *(list), (text))

static struct pal_str slice(struct pal_str text, size_t from, size_t to)
{
    return (struct pal_str){text.p + from, to - from};
}

/* ---- days ---- */

static bool digits(struct pal_str text, int64_t *out)
{
    int64_t v = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        v = 10 * v + (text.p[i] - '0');
    }
    *out = v;
    return true;
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t month_length(int64_t year, int64_t month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool query_day(struct pal_str text, int64_t *day)
{
    int64_t y, m, d;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' || !digits(slice(text, 0, 4), &y) ||
        !digits(slice(text, 5, 7), &m) || !digits(slice(text, 8, 10), &d))
        return false;
    if (y < 1970 || m < 1 || m > 12 || d < 1 || d > month_length(y, m))
        return false;
    *day = days_of(y, m, d);
    return true;
}

/* ---- operators ---- */

static const char *set_day(struct pal_str value, int64_t today, struct query_filter *f)
{
    const struct spelling *near = FIND(days, value);
    if (near)
        f->day = today + near->meaning;
    return near || query_day(value, &f->day) ? NULL
                                             : "a day: YYYY-MM-DD, today, yesterday, hoy or ayer";
}

static const char *set_one(struct pal_str value, const struct spelling *list, size_t n,
                           const char *expected, struct query_filter *f)
{
    const struct spelling *s = find(list, n, value);
    if (!s)
        return expected;
    f->kind = (enum query_filter_kind)s->meaning;
    return NULL;
}

/* in:#general, in:general; in:@ana. */
static const char *set_place(struct pal_str value, struct query_filter *f)
{
    bool direct = value.n > 0 && value.p[0] == '@',
         marked = direct || (value.n > 0 && value.p[0] == '#');
    f->kind = direct ? FILTER_WITH : FILTER_IN;
    f->name = slice(value, marked, value.n);
    return f->name.n > 0 ? NULL : "a channel: #name, or @name for direct messages";
}

static const char *set_person(struct pal_str value, struct query_filter *f)
{
    bool marked = value.n > 0 && value.p[0] == '@';
    f->kind = FILTER_FROM;
    f->name = slice(value, marked, value.n);
    if (f->name.n == 0)
        return "a user: @name, or me";
    if (!marked && FIND(callers, value))
        f->name.n = 0;
    return NULL;
}

/* NULL, or what the operator takes. */
static const char *set_filter(enum operator_kind op, struct pal_str value, int64_t today,
                              struct query_filter *f)
{
    static const enum query_filter_kind times[] = {
        [OP_BEFORE] = FILTER_BEFORE, [OP_AFTER] = FILTER_AFTER, [OP_ON] = FILTER_ON};
    switch (op) {
    case OP_FROM:
        return set_person(value, f);
    case OP_IN:
        return set_place(value, f);
    case OP_HAS:
        return set_one(value, things, sizeof things / sizeof *things,
                       "link, file, image or reaction", f);
    case OP_IS:
        return set_one(value, states, sizeof states / sizeof *states, "pinned, thread or saved", f);
    case OP_BEFORE:
    case OP_AFTER:
    case OP_ON:
        break;
    }
    f->kind = times[op];
    return set_day(value, today, f);
}

/* ---- the text ---- */

struct reader {
    struct pal_str text;
    int64_t today;
    struct query *out;
    struct query_fault *fault;
};

/* Bytes of a blank at `at`, 0: there is none. */
static size_t blank_at(struct pal_str text, size_t at)
{
    size_t end = at;
    uint32_t c = fold_next(text, &end);
    bool blank = c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x3000 ||
                 (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F;
    return blank ? end - at : 0;
}

/* Bytes of a quotation mark at `at`. */
static size_t quote_at(struct pal_str text, size_t at)
{
    size_t end = at;
    uint32_t c = fold_next(text, &end);
    return c == '"' || (c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB ? end - at : 0;
}

/* The inside of a quotation that begins at *at, which is moved behind it; without a closing mark it
 * goes on to the end. */
static struct pal_str take_quoted(struct pal_str text, size_t *at)
{
    size_t begin = *at + quote_at(text, *at), end = begin;
    while (end < text.n && quote_at(text, end) == 0)
        (void)fold_next(text, &end);
    *at = end < text.n ? end + quote_at(text, end) : end;
    return slice(text, begin, end);
}

/* Up to the next blank or quotation mark. */
static struct pal_str take_plain(struct pal_str text, size_t *at)
{
    size_t begin = *at;
    while (*at < text.n && blank_at(text, *at) == 0 && quote_at(text, *at) == 0)
        (void)fold_next(text, at);
    return slice(text, begin, *at);
}

static enum query_verdict add_word(struct query *q, struct query_word w)
{
    if (q->n_words == QUERY_WORDS_MAX)
        return QUERY_TOO_LONG;
    q->words[q->n_words++] = w;
    return QUERY_OK;
}

static enum query_verdict wrong(const struct reader *r, struct pal_str shown, const char *expected)
{
    *r->fault = (struct query_fault){shown, expected};
    return QUERY_WRONG;
}

/* The name in front of the first colon; it stands at `*at` and is moved behind the colon. */
static struct pal_str name_at(struct pal_str text, size_t *at)
{
    size_t end = *at;
    for (size_t next = end; next < text.n; end = next) {
        uint32_t c = fold_next(text, &next);
        if (c == ':') {
            struct pal_str name = slice(text, *at, end);
            *at = next;
            return name;
        }
        if (fold_kind(c) != FOLD_WORD)
            break;
    }
    return (struct pal_str){0};
}

/* form:@ana is a slip of the pen, http://x is not an operator. */
static bool looks_meant(struct pal_str name, struct pal_str text, size_t value)
{
    return name.n > 0 && value < text.n && (text.p[value] == '@' || text.p[value] == '#');
}

static enum query_verdict read_filter(struct reader *r, enum operator_kind op, bool without,
                                      size_t begin, size_t *at)
{
    struct query_filter f = {.without = without};
    bool quoted = *at < r->text.n && quote_at(r->text, *at) > 0;
    struct pal_str value = quoted ? take_quoted(r->text, at) : take_plain(r->text, at);
    f.shown = slice(r->text, begin, *at);
    const char *expected = set_filter(op, value, r->today, &f);
    if (expected)
        return wrong(r, f.shown, expected);
    if (r->out->n_filters == QUERY_FILTERS_MAX)
        return QUERY_TOO_LONG;
    r->out->filters[r->out->n_filters++] = f;
    return QUERY_OK;
}

static enum query_verdict read_word(struct reader *r, bool without, size_t *at)
{
    struct query_word w = {.without = without};
    w.text = take_plain(r->text, at);
    while (w.text.n > 0 && w.text.p[w.text.n - 1] == '*') {
        w.text.n--;
        w.prefix = true;
    }
    return w.text.n > 0 ? add_word(r->out, w) : QUERY_OK;
}

/* What stands at *at, which is no blank. (--option is a word.) */
static enum query_verdict read_item(struct reader *r, size_t *at)
{
    bool without = r->text.p[*at] == '-' && *at + 1 < r->text.n && r->text.p[*at + 1] != '-' &&
                   blank_at(r->text, *at + 1) == 0;
    *at += without;
    size_t begin = *at, value = begin;
    if (quote_at(r->text, begin) > 0)
        return add_word(r->out, (struct query_word){.text = take_quoted(r->text, at),
                                                    .without = without,
                                                    .phrase = true});
    struct pal_str name = name_at(r->text, &value);
    const struct spelling *op = name.n > 0 ? FIND(operators, name) : NULL;
    if (!op && looks_meant(name, r->text, value)) {
        (void)take_plain(r->text, at);
        return wrong(r, slice(r->text, begin, *at),
                     "an operator: from, in, before, after, on, has or is");
    }
    if (!op)
        return read_word(r, without, at);
    *at = value;
    return read_filter(r, (enum operator_kind)op->meaning, without, begin, at);
}

enum query_verdict query_parse(struct pal_str text, int64_t today, struct query *out,
                               struct query_fault *fault)
{
    struct reader r = {text, today, out, fault};
    enum query_verdict verdict = QUERY_OK;
    out->n_words = out->n_filters = 0;
    for (size_t at = 0; at < text.n && verdict == QUERY_OK;) {
        size_t blank = blank_at(text, at);
        if (blank > 0)
            at += blank;
        else
            verdict = read_item(&r, &at);
    }
    return verdict;
}

/* ---- links ---- */

/* It begins a word, and something comes after it. */
static bool is_link(struct pal_str text, size_t at, struct pal_str start)
{
    return pal_str_caseeq(slice(text, at, at + start.n), start) &&
           fold_kind((unsigned char)text.p[at + start.n]) != FOLD_GAP &&
           (at == 0 || fold_kind((unsigned char)text.p[at - 1]) == FOLD_GAP);
}

bool query_has_link(struct pal_str text)
{
    static const char *const starts[] = {"http://", "https://", "www."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        for (size_t at = 0, n = strlen(starts[i]); at + n < text.n; at++)
            if (is_link(text, at, (struct pal_str){starts[i], n}))
                return true;
    return false;
}
