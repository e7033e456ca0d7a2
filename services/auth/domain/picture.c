/* picture.h */
#include "domain/picture.h"

bool picture_address_valid(struct pal_str a)
{
    const struct pal_str https = PAL_STR("https://");
    if (!pal_str_starts(a, https) || a.n == https.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if ((unsigned char)a.p[i] <= ' ' || (unsigned char)a.p[i] >= 0x7f || a.p[i] == '"' ||
            a.p[i] == '\'' || a.p[i] == '<' || a.p[i] == '>' || a.p[i] == '\\')
            return false;
    return true;
}
