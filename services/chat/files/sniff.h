/* What a file is by its content, by libmagic. Any thread. */
#ifndef CHAT_FILES_SNIFF_H
#define CHAT_FILES_SNIFF_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { SNIFF_BYTES = 64 << 10 }; /* of its start are looked at */

/* A media type without parameters; "application/octet-stream" when nothing is known. */
void sniff_type(struct pal_str start, char *out, size_t size);

#endif
