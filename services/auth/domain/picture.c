/* Kinds of pictures, told by their first bytes. */
#include "domain/picture.h"

const char *picture_media_type(struct pal_str b)
{
    if (pal_str_starts(b, PAL_STR("\x89PNG\r\n\x1a\n")))
        return "image/png";
    if (pal_str_starts(b, PAL_STR("\xff\xd8\xff")))
        return "image/jpeg";
    if (pal_str_starts(b, PAL_STR("GIF87a")) || pal_str_starts(b, PAL_STR("GIF89a")))
        return "image/gif";
    if (b.n >= 16 && pal_str_starts(b, PAL_STR("RIFF")) &&
        pal_str_starts((struct pal_str){b.p + 8, b.n - 8}, PAL_STR("WEBP")))
        return "image/webp";
    return NULL;
}

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
