/* Channel names and texts: names.h. */
#include "domain/names.h"

bool channel_name_clean(struct pal_str name, struct pal_str *out)
{
    struct pal_str s = pal_str_trim(name);
    if (s.n > 0 && s.p[0] == '#')
        s = pal_str_trim((struct pal_str){s.p + 1, s.n - 1});
    if (text_is_blank(s))
        return false;
    *out = s;
    return true;
}

/* Bytes of the white space character at the start of s, 0 when it is another. */
static size_t space_at(struct pal_str s)
{
    const unsigned char *u = (const unsigned char *)s.p;
    if (u[0] == ' ' || (u[0] >= '\t' && u[0] <= '\r'))
        return 1;
    if (s.n >= 2 && u[0] == 0xc2 && u[1] == 0xa0)
        return 2;
    if (s.n < 3)
        return 0;
    bool wide = (u[0] == 0xe2 && u[1] == 0x80 && u[2] <= 0x8d) ||
                (u[0] == 0xe3 && u[1] == 0x80 && u[2] == 0x80) ||
                (u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf);
    return wide ? 3 : 0;
}

bool text_is_blank(struct pal_str text)
{
    while (text.n > 0) {
        size_t n = space_at(text);
        if (n == 0)
            return false;
        text.p += n;
        text.n -= n;
    }
    return true;
}
