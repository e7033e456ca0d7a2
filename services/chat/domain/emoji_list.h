/* The emoji of Unicode, embedded at build time from data/emoji.txt. Constant. */
#ifndef CHAT_DOMAIN_EMOJI_LIST_H
#define CHAT_DOMAIN_EMOJI_LIST_H

#include <stddef.h>
#include <stdint.h>

extern const char emoji_text[];        /* all of them, one behind the other */
extern const uint16_t emoji_offsets[]; /* count + 1: emoji i ends where i + 1 begins */
extern const size_t emoji_count;       /* sorted by bytes without variation selectors */

#endif
