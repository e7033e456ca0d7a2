/* Names of files, as others may see them and as HTTP carries them. Pure. */
#ifndef CHAT_DOMAIN_FILENAME_H
#define CHAT_DOMAIN_FILENAME_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { FILENAME_MAX_BYTES = 160, FILENAME_URL_MAX = 3 * FILENAME_MAX_BYTES };

/* The last part of a path without control characters and without what turns the direction of text
 * or cannot be seen; no dots or spaces at its ends; cut at a character's end, the extension kept.
 * "file" for nothing. out is terminated. */
void filename_clean(struct pal_str in, char out[FILENAME_MAX_BYTES + 1]);
/* Percent-encoded (RFC 3986 unreserved characters stay). */
void filename_encode(struct pal_str name, char out[FILENAME_URL_MAX + 1]);
/* Content-Disposition (RFC 6266): an ASCII name for the old, filename* for all others. */
enum { DISPOSITION_MAX = FILENAME_URL_MAX + FILENAME_MAX_BYTES + 64 };
void filename_disposition(struct pal_str name, bool shown, char out[DISPOSITION_MAX]);
/* May a browser show content of this type in our origin's name? What runs nothing. */
bool filename_type_shown(struct pal_str type);

#endif
