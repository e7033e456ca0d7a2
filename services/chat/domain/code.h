/* Code within Markdown, pure: names and links in it are not meant. */
#ifndef CHAT_DOMAIN_CODE_H
#define CHAT_DOMAIN_CODE_H

#include "base/str.h"

/* at: a run of backticks. The end of the code that it opens: behind the next run of the same length
 * (CommonMark 6.1); without one it is plain text, but a fence at the start of a line goes on to the
 * end. */
size_t code_skip(struct pal_str text, size_t at);

#endif
