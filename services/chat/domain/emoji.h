/* What may stand as a reaction: an emoji of Unicode, or the name of one that the organisation has
 * made. Pure. */
#ifndef CHAT_DOMAIN_EMOJI_H
#define CHAT_DOMAIN_EMOJI_H

#include "base/str.h"

#include <stdbool.h>

enum { EMOJI_NAME_MAX = 64 /* bytes, without the colons */ };

enum emoji_kind { EMOJI_NONE, EMOJI_UNICODE, EMOJI_CUSTOM };

/* Reads an emoji in any of the ways in which it is written. *out: the one way in which it is kept;
 * for EMOJI_UNICODE the fully-qualified sequence (UTS #51, ED-18), a constant, so that with and
 * without variation selectors is one; skin tones and other modifiers are kept. For EMOJI_CUSTOM the
 * name without its colons, within `text`; whether there is such an emoji is for the store to say.
 * EMOJI_NONE: *out is untouched. */
enum emoji_kind emoji_read(struct pal_str text, struct pal_str *out);

/* Lower-case letters a–z, digits, '_', '-' and '+', up to EMOJI_NAME_MAX, beginning with none of
 * the signs but '+'. */
bool emoji_name_valid(struct pal_str name);

#endif
