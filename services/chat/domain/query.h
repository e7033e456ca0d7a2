/* The language of searches: words, wor*, "phrases", -not these, and operators such as from:@ana (in
 * Spanish de:@ana). Pure: names of people and channels are resolved by who asks. */
#ifndef CHAT_DOMAIN_QUERY_H
#define CHAT_DOMAIN_QUERY_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { QUERY_WORDS_MAX = 48, QUERY_FILTERS_MAX = 16 };

struct query_word {
    struct pal_str text; /* without quotes, minus and star */
    bool without;        /* -word */
    bool phrase;         /* "as it stands" */
    bool prefix;         /* wor* */
};

enum query_filter_kind {
    FILTER_FROM,   /* name: of a user; empty: the caller */
    FILTER_IN,     /* name: of a channel */
    FILTER_WITH,   /* in:@ana: name of a user; the direct messages with him */
    FILTER_BEFORE, /* day */
    FILTER_AFTER,
    FILTER_ON,
    FILTER_LINK,
    FILTER_FILE,
    FILTER_IMAGE,
    FILTER_REACTION,
    FILTER_PINNED,
    FILTER_THREAD,
    FILTER_SAVED
};
struct query_filter {
    enum query_filter_kind kind;
    bool without;
    struct pal_str shown; /* as it was written, for errors */
    struct pal_str name;
    int64_t day; /* since 1970-01-01 */
};

struct query {
    struct query_word words[QUERY_WORDS_MAX];
    struct query_filter filters[QUERY_FILTERS_MAX];
    size_t n_words, n_filters;
};

enum query_verdict { QUERY_OK, QUERY_WRONG, QUERY_TOO_LONG };
struct query_fault {
    struct pal_str shown; /* the operator with its value, as it was written */
    const char *expected; /* what it takes */
};

/* today: the caller's, in days since 1970-01-01. *fault is set for QUERY_WRONG. Slices are of
 * `text`.
 */
enum query_verdict query_parse(struct pal_str text, int64_t today, struct query *out,
                               struct query_fault *fault);

/* It names somebody's page: http://…, https://…, www.… */
bool query_has_link(struct pal_str text);

/* YYYY-MM-DD as days since 1970-01-01. */
bool query_day(struct pal_str text, int64_t *day);

#endif
