/* picture.h */
#include "base/picture.h"

#include <stddef.h>

const char *pal_picture_type(struct pal_str b)
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
