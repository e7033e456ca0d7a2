/* Links in a message, pure. */
#ifndef CHAT_DOMAIN_LINKS_H
#define CHAT_DOMAIN_LINKS_H

#include "base/str.h"

/* More links than this are not previewed; longer ones neither (bytes). */
enum { LINKS_MAX = 3, LINK_BYTES_MAX = 2000 };

/* The http and https links of a text in their order, each once, those in code (CommonMark 6.1, 4.5)
 * left out; they point into the text. A link ends before white space, a quote or an angle bracket;
 * punctuation at its end is not taken for its own, nor is a closing bracket that was not opened in
 * it. Returns how many. */
size_t links_find(struct pal_str text, struct pal_str links[LINKS_MAX]);

#endif
