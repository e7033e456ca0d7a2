/* Kinds of pictures, told by their first bytes. Pure. */
#ifndef AUTH_DOMAIN_PICTURE_H
#define AUTH_DOMAIN_PICTURE_H

#include "base/str.h"

enum { PICTURE_MAX_BYTES = 200 * 1024 };

/* "image/png", "image/jpeg", "image/webp", "image/gif"; NULL for anything else (SVG can carry
 * scripts). */
const char *picture_media_type(struct pal_str bytes);

/* An address that a profile may point to: https, no white space, no control characters, no quotes.
 */
bool picture_address_valid(struct pal_str address);

#endif
