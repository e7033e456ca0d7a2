/* What is looked for, made of the words of a query: as a tsquery, and to be found again in the
 * texts that are shown. Pure. */
#ifndef CHAT_DOMAIN_SEEK_H
#define CHAT_DOMAIN_SEEK_H

#include "base/buf.h"
#include "domain/query.h"
#include "domain/words.h"

enum {
    SEEK_ELEMENTS_MAX = 96,
    SEEK_ALTS_MAX = 2 + 2 * STEMS_MAX,
    SEEK_TERMS_MAX = QUERY_WORDS_MAX,
    SEEK_POOL_BYTES = 32 << 10
};

/* A lexeme that may stand in one place. */
struct seek_alt {
    uint16_t at, n; /* in the pool */
    bool stem, prefix;
};
struct seek_element {
    struct seek_alt alts[SEEK_ALTS_MAX]; /* only the first can be a prefix */
    size_t n;
    const struct pal_str *words; /* borrowed: all that begin with the prefix; NULL: not known */
    size_t n_words;
};
/* Elements that follow one another. */
struct seek_row {
    size_t first, n;
};
/* A word or a phrase. camelCase can be read in two ways: as one word, or as its parts. */
struct seek_term {
    struct seek_row rows[2];
    size_t n_rows;
    bool without;
};
struct seek {
    struct seek_element elements[SEEK_ELEMENTS_MAX];
    struct seek_term terms[SEEK_TERMS_MAX];
    char pool[SEEK_POOL_BYTES];
    size_t n_elements, n_terms, pool_n;
    size_t n_wanted; /* terms that are not to be missing */
};

/* False: more words than anybody looks for. */
bool seek_make(struct stemmers *stemmers, const struct query *q, struct seek *out);
/* What wor* of an element is: "wor". Empty: it has none. */
struct pal_str seek_prefix(const struct seek *s, const struct seek_element *e);
/* Which terms. Where the words that a prefix stands for are known, they take its place; for another
 * PostgreSQL reads all words that begin so, however many. */
enum seek_terms {
    SEEK_ALL,
    SEEK_NO_MISSING_PREFIXES, /* without -wor* */
    SEEK_NO_PREFIXES          /* without wor* */
};
/* Appends them, with " & " between them and after what is there. False: there is none that is not
 * to be missing. */
bool seek_tsquery(const struct seek *s, enum seek_terms which, struct pal_buf *out);
/* The terms that are not to be missing, prefixes as they are, joined by " | ": for ranking. */
void seek_tsquery_wanted(const struct seek *s, struct pal_buf *out);
/* There is wor* (or -wor*) of which the words are not known. */
bool seek_has_prefix(const struct seek *s, bool without);

/* The text as a tsvector: each lexeme, quoted, with its position. */
void seek_tsvector(struct stemmers *stemmers, struct pal_str text, struct pal_buf *out);

/* Where the text has what is looked for: bytes [begin, end), ascending, apart from each other. */
struct seek_range {
    uint32_t begin, end;
};
enum { SEEK_RANGES_MAX = 64 };
size_t seek_ranges(struct stemmers *stemmers, const struct seek *s, struct pal_str text,
                   struct seek_range out[SEEK_RANGES_MAX]);

#endif
