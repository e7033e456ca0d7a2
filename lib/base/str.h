/* Borrowed byte strings: a pointer travels with its length. */
#ifndef PAL_BASE_STR_H
#define PAL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pal_str {
    const char *p; /* borrowed, not necessarily terminated */
    size_t n;
};

#define PAL_STR(lit) ((struct pal_str){(lit), sizeof(lit) - 1})

static inline struct pal_str pal_str_of(const char *z)
{
    return (struct pal_str){z, z ? strlen(z) : 0};
}

static inline bool pal_str_eq(struct pal_str a, struct pal_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ASCII case-insensitive. */
bool pal_str_caseeq(struct pal_str a, struct pal_str b);
bool pal_str_starts(struct pal_str s, struct pal_str prefix);
struct pal_str pal_str_trim(struct pal_str s); /* ASCII white space */

/* Splits at the first `sep`: *head gets what is before it, the return value what is after it;
 * without a separator *head is the whole and the rest is empty with p == NULL. */
struct pal_str pal_str_cut(struct pal_str s, char sep, struct pal_str *head);

/* Whole-string integers: optional '-', digits, nothing else; false on overflow or anything else. */
bool pal_parse_i64(struct pal_str s, int64_t *out);
bool pal_parse_u64(struct pal_str s, uint64_t *out);
bool pal_parse_bool(struct pal_str s, bool *out); /* true/false/1/0/yes/no/on/off */

/* Compares secrets in a time that depends on n only. */
bool pal_secret_eq(const void *a, const void *b, size_t n);

/* Well-formed UTF-8 (RFC 3629), no NUL unless allow_nul. */
bool pal_utf8_valid(struct pal_str s, bool allow_nul);
/* Number of code points of valid UTF-8. */
size_t pal_utf8_length(struct pal_str s);
/* Bytes of the first character, which goes to *c; 0: there is none, or it is not well-formed. */
size_t pal_utf8_next(struct pal_str s, uint32_t *c);
/* Writes c; how many bytes, 0 when it is no character (surrogates, beyond U+10FFFF). */
size_t pal_utf8_put(uint32_t c, char out[4]);

#endif
