/* UTF-8 by the table of well-formed byte sequences (Unicode 15, table 3-7; RFC 3629). */
#include "base/str.h"

/* Length of the well-formed sequence at p (n > 0 bytes left), 0 when there is none. */
static size_t sequence_length(const unsigned char *p, size_t n)
{
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    length = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (p[0] == 0xE0)
        low = 0xA0; /* overlong */
    else if (p[0] == 0xED)
        high = 0x9F; /* surrogates */
    else if (p[0] == 0xF0)
        low = 0x90; /* overlong */
    else if (p[0] == 0xF4)
        high = 0x8F; /* past U+10FFFF */
    if (n < length || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool pal_utf8_valid(struct pal_str s, bool allow_nul)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        size_t length = sequence_length(p + i, s.n - i);
        if (length == 0 || (p[i] == 0 && !allow_nul))
            return false;
        i += length;
    }
    return true;
}

size_t pal_utf8_length(struct pal_str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++)
        count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

size_t pal_utf8_next(struct pal_str s, uint32_t *c)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = s.n > 0 ? sequence_length(p, s.n) : 0;
    if (n == 0)
        return 0;
    *c = n == 1 ? p[0] : p[0] & (0x7FU >> n);
    for (size_t i = 1; i < n; i++)
        *c = *c << 6 | (p[i] & 0x3FU);
    return n;
}

size_t pal_utf8_put(uint32_t c, char out[4])
{
    static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return 0;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}
