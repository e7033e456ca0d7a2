/* Searches and texts: any bytes as a query, and as the content that it is looked for in. */
#include "domain/excerpt.h"
#include "domain/seek.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_quoted_well(void *ctx, const struct lexeme *l)
{
    const struct pal_str *text = ctx;
    if (l->text.n == 0 || l->text.n > WORD_BYTES + STEM_BYTES || l->position == 0 ||
        l->begin >= l->end || l->end > text->n)
        __builtin_trap();
    for (size_t i = 0; i < l->text.n; i++)
        if (l->text.p[i] == '\'' || l->text.p[i] == '\\' || l->text.p[i] == ':' ||
            l->text.p[i] == 0)
            __builtin_trap();
    return true;
}

static void check_ranges(struct stemmers *stemmers, const struct seek *seek, struct pal_str text)
{
    struct seek_range ranges[SEEK_RANGES_MAX];
    size_t n = seek_ranges(stemmers, seek, text, ranges);
    for (size_t i = 0; i < n; i++)
        if (ranges[i].begin >= ranges[i].end || ranges[i].end > text.n ||
            (i > 0 && ranges[i].begin < ranges[i - 1].end))
            __builtin_trap();
    struct seek_range shown = excerpt_of(text, ranges, n);
    if (shown.begin > shown.end || shown.end > text.n || shown.end - shown.begin > EXCERPT_BYTES)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str text = {(const char *)data, size};
    struct stemmers stemmers;
    struct query query;
    struct query_fault fault = {0};
    struct pal_buf out;
    struct seek *seek = malloc(sizeof *seek);
    if (!seek || !stemmers_init(&stemmers))
        return 0;
    pal_buf_init(&out, 1 << 20);
    enum query_verdict verdict = query_parse(text, 20000, &query, &fault);
    if (verdict == QUERY_WRONG && (fault.shown.n == 0 || !fault.expected))
        __builtin_trap();
    if (verdict == QUERY_OK && seek_make(&stemmers, &query, seek)) {
        seek_tsquery(seek, SEEK_ALL, &out);
        seek_tsquery(seek, SEEK_NO_MISSING_PREFIXES, &out);
        seek_tsquery(seek, SEEK_NO_PREFIXES, &out);
        seek_tsquery_wanted(seek, &out);
        check_ranges(&stemmers, seek, text);
    }
    words_lexemes(&stemmers, text, is_quoted_well, &text);
    (void)query_has_link(text);
    pal_buf_fini(&out);
    stemmers_fini(&stemmers);
    free(seek);
    return 0;
}
