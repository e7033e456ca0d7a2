/* Channel names and texts: what is blank, what is dropped. Pure. */
#ifndef CHAT_DOMAIN_NAMES_H
#define CHAT_DOMAIN_NAMES_H

#include "base/str.h"

#include <stdbool.h>

/* Drops white space around the name and a leading '#'. The result lies within `name`; false:
 * nothing is left. */
bool channel_name_clean(struct pal_str name, struct pal_str *out);

/* Nothing but white space (ASCII, U+00A0, U+2000…U+200D, U+3000, U+FEFF). The text is valid UTF-8.
 */
bool text_is_blank(struct pal_str text);

#endif
