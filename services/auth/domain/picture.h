/* What a profile's picture may be. Pure. */
#ifndef AUTH_DOMAIN_PICTURE_H
#define AUTH_DOMAIN_PICTURE_H

#include "base/str.h"

enum { PICTURE_MAX_BYTES = 200 * 1024 };

/* An address that a profile may point to: https, no white space, no control characters, no quotes.
 */
bool picture_address_valid(struct pal_str address);

#endif
