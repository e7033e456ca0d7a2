/* Stems by Snowball's libstemmer: stem.h. */
#include "domain/stem.h"

#include "domain/fold.h"

#include <libstemmer.h>

bool stemmers_init(struct stemmers *s)
{
    *s = (struct stemmers){sb_stemmer_new("spanish", NULL), sb_stemmer_new("english", NULL),
                           sb_stemmer_new("russian", NULL), sb_stemmer_new("arabic", NULL)};
    bool whole = s->spanish && s->english && s->russian && s->arabic;
    if (!whole)
        stemmers_fini(s); /* no memory */
    return whole;
}

void stemmers_fini(struct stemmers *s)
{
    sb_stemmer_delete(s->spanish);
    sb_stemmer_delete(s->english);
    sb_stemmer_delete(s->russian);
    sb_stemmer_delete(s->arabic);
}

static void put_folded(struct stem *out, struct pal_str text)
{
    out->n = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t c = fold_char(fold_next(text, &at));
        if (c != 0 && out->n + 4 <= STEM_BYTES)
            out->n += fold_put(out->text + out->n, c);
    }
}

/* Adds the stem unless it is the word itself or there already. */
static size_t add(struct sb_stemmer *stemmer, struct pal_str word, struct pal_str folded,
                  struct stem out[STEMS_MAX], size_t n)
{
    struct stem *fresh = &out[n];
    const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)word.p, (int)word.n);
    if (!stem)
        return n; /* no memory */
    put_folded(fresh, (struct pal_str){(const char *)stem, (size_t)sb_stemmer_length(stemmer)});
    struct pal_str text = {fresh->text, fresh->n};
    if (fresh->n == 0 || pal_str_eq(text, folded))
        return n;
    for (size_t i = 0; i < n; i++)
        if (pal_str_eq(text, (struct pal_str){out[i].text, out[i].n}))
            return n;
    return n + 1;
}

static bool has_digit(struct pal_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] >= '0' && word.p[i] <= '9')
            return true;
    return false;
}

size_t stems_of(struct stemmers *s, struct pal_str accented, struct pal_str folded,
                struct stem out[STEMS_MAX])
{
    size_t at = 0, n = 0;
    if (folded.n == 0 || has_digit(folded))
        return 0;
    uint32_t first = fold_next(folded, &at);
    if (first >= 0x400 && first < 0x530)
        return add(s->russian, folded, folded, out, 0);
    if (first >= 0x600 && first < 0x700)
        return add(s->arabic, folded, folded, out, 0);
    if (first >= 0x250)
        return 0;
    n = add(s->spanish, folded, folded, out, n);
    n = add(s->english, folded, folded, out, n);
    return pal_str_eq(accented, folded) ? n : add(s->spanish, accented, folded, out, n);
}
