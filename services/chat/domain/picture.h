/* Kinds of pictures, told by their first bytes. Pure. */
#ifndef CHAT_DOMAIN_PICTURE_H
#define CHAT_DOMAIN_PICTURE_H

#include "base/str.h"

/* "image/png", "image/jpeg", "image/webp", "image/gif"; NULL for anything else (SVG can carry
 * scripts). */
const char *picture_media_type(struct pal_str bytes);

#endif
