/* Excerpts: excerpt.h. */
#include "domain/excerpt.h"

enum { BLANK_WITHIN = 24 };

static bool is_inside(struct pal_str text, size_t at)
{
    return at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Behind a blank at or soon after `at`, if there is one before `most`. */
static size_t start_at(struct pal_str text, size_t at, size_t most)
{
    while (is_inside(text, at))
        at++;
    for (size_t i = at; i < most && i < at + BLANK_WITHIN; i++)
        if (is_blank(text.p[i]))
            return i + 1;
    return at;
}

struct seek_range excerpt_of(struct pal_str text, const struct seek_range *ranges, size_t n)
{
    size_t begin = 0, end = text.n;
    size_t first = n > 0 ? ranges[0].begin : 0;
    if (text.n <= EXCERPT_BYTES)
        return (struct seek_range){0, (uint32_t)text.n};
    if (first > EXCERPT_BEFORE)
        begin = start_at(text, first - EXCERPT_BEFORE, first);
    if (begin + EXCERPT_BYTES < text.n)
        end = begin + EXCERPT_BYTES;
    while (is_inside(text, end))
        end--;
    return (struct seek_range){(uint32_t)begin, (uint32_t)end};
}
