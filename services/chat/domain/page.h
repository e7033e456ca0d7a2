/* What a page says of itself in its head, pure. */
#ifndef CHAT_DOMAIN_PAGE_H
#define CHAT_DOMAIN_PAGE_H

#include "base/str.h"

/* Bytes, with the 0 at the end. Texts are cut after a whole character. */
enum {
    PAGE_TITLE_MAX = 301,
    PAGE_DESCRIPTION_MAX = 601,
    PAGE_SITE_MAX = 121,
    PAGE_IMAGE_MAX = 2001
};

/* UTF-8 without control characters, white space as single blanks; "" where there is none. `image`
 * is as it stands there: a reference relative to the page (RFC 3986 4.2). */
struct page {
    char title[PAGE_TITLE_MAX];
    char description[PAGE_DESCRIPTION_MAX];
    char site[PAGE_SITE_MAX];
    char image[PAGE_IMAGE_MAX];
};

/* html: any bytes, taken as UTF-8 when they are, else as Windows-1252. Reads <title> and <meta>
 * (Open Graph, Twitter, plain description) until the body begins. */
void page_read(struct pal_str html, struct page *out);

#endif
