/* Stems of words: Spanish and English for Latin script, Russian, Arabic. Of one thread; cheap to
 * make. */
#ifndef CHAT_DOMAIN_STEM_H
#define CHAT_DOMAIN_STEM_H

#include "base/str.h"

#include <stdbool.h>

enum { STEM_BYTES = 264, STEMS_MAX = 3 };

struct sb_stemmer;
struct stemmers {
    struct sb_stemmer *spanish, *english, *russian, *arabic; /* owned */
};
struct stem {
    char text[STEM_BYTES];
    size_t n;
};

/* False: out of memory; nothing to release then. */
bool stemmers_init(struct stemmers *s);
void stemmers_fini(struct stemmers *s);
/* The stems of a word that are not the word itself, without accents, each once; how many.
 * `accented` is the word in lower case, `folded` the same without accents. */
size_t stems_of(struct stemmers *s, struct pal_str accented, struct pal_str folded,
                struct stem out[STEMS_MAX]);

#endif
