/* Cuts a text into words, the same way for what is stored and for what is looked for. Pure.
 *
 * A word is a run of letters and digits; "snake_case" and "foo.bar()" are two that follow one
 * another. camelCase and sha256 are one word and its parts. Scripts without blanks give one word
 * for each character, with the one behind it. */
#ifndef CHAT_DOMAIN_WORDS_H
#define CHAT_DOMAIN_WORDS_H

#include "domain/fold.h"
#include "domain/stem.h"

enum {
    WORD_CHARS_MAX = 64, /* what is longer is cut */
    WORD_PARTS_MAX = 8,
    WORD_BYTES = 4 * WORD_CHARS_MAX
};

struct word_run {
    enum fold_kind kind; /* FOLD_WORD, FOLD_DENSE (one character or two) or FOLD_SIGN (one) */
    uint32_t chars[WORD_CHARS_MAX];
    uint32_t begins[WORD_CHARS_MAX + 1]; /* of each character, in bytes of the text; then the end */
    size_t n;
};

/* The next run at or after *at, which is moved behind it (of a dense one: behind its first
 * character). False: there is none. */
bool words_next(struct pal_str text, size_t *at, struct word_run *out);
/* Where the parts of camelCase begin, the first at 0; 1: it is in one piece. */
size_t words_parts(const struct word_run *run, size_t begins[WORD_PARTS_MAX]);
/* Characters [from, to) in lower case, with accents or without; how many bytes. */
size_t words_text(const struct word_run *run, size_t from, size_t to, bool accents,
                  char out[WORD_BYTES]);

/* Something that a text is found by. */
struct lexeme {
    struct pal_str text; /* borrowed for the call */
    bool stem;
    uint32_t position;   /* of the word in the text, from 1 */
    uint32_t begin, end; /* in bytes of the text */
};
typedef bool lexeme_fn(void *ctx, const struct lexeme *l); /* false: enough */
void words_lexemes(struct stemmers *stemmers, struct pal_str text, lexeme_fn *fn, void *ctx);

#endif
