/* Kinds of pictures, told by their first bytes. Any thread. */
#ifndef PAL_BASE_PICTURE_H
#define PAL_BASE_PICTURE_H

#include "base/str.h"

/* "image/png", "image/jpeg", "image/webp", "image/gif"; NULL for anything else (SVG can carry
 * scripts). */
const char *pal_picture_type(struct pal_str bytes);

#endif
