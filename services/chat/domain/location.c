/* location.h */
#include "domain/location.h"

#include <stdbool.h>

enum { HASH_DIGITS = 64 };

static bool cut_start(struct pal_str *s, struct pal_str start)
{
    if (!pal_str_starts(*s, start))
        return false;
    *s = (struct pal_str){s->p + start.n, s->n - start.n};
    return true;
}

static bool is_hex(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
            return false;
    return true;
}

/* "<SHA-256>.": *hash is it, without the dot. */
static bool cut_hash(struct pal_str *s, struct pal_str *hash)
{
    if (s->n <= HASH_DIGITS || s->p[HASH_DIGITS] != '.')
        return false;
    *hash = (struct pal_str){s->p, HASH_DIGITS};
    *s = (struct pal_str){s->p + HASH_DIGITS + 1, s->n - HASH_DIGITS - 1};
    return is_hex(*hash);
}

/* "ab/cd/" of a hash that begins so. */
static bool cut_folders(struct pal_str *s)
{
    if (s->n < 10 || s->p[2] != '/' || s->p[5] != '/')
        return false;
    const char *p = s->p;
    *s = (struct pal_str){p + 6, s->n - 6};
    return p[0] == p[6] && p[1] == p[7] && p[3] == p[8] && p[4] == p[9];
}

uint64_t location_file(struct pal_str s)
{
    struct pal_str hash;
    int64_t id = 0;
    bool ok = cut_start(&s, PAL_STR("parts/")) ||
              (cut_start(&s, PAL_STR("objects/")) && cut_hash(&s, &hash)) ||
              (cut_start(&s, PAL_STR("blobs/")) && cut_folders(&s) && cut_hash(&s, &hash));
    return ok && s.n > 0 && s.p[0] >= '1' && s.p[0] <= '9' && pal_parse_i64(s, &id) ? (uint64_t)id
                                                                                    : 0;
}
