/* xml_text.h: no parser. The documents are small, flat, and of a server that is trusted; a name
 * in a comment or in CDATA would be taken for an element. */
#include "domain/xml_text.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_HERE = 64 };

struct pal_str xml_text(struct pal_str xml, const char *name, struct pal_str *rest)
{
    char open[NAME_MAX_HERE], close[NAME_MAX_HERE];
    const struct pal_str none = {NULL, 0};
    if (xml.n == 0 || strlen(name) + 4 > sizeof close)
        return none;
    (void)snprintf(open, sizeof open, "<%s>", name);
    (void)snprintf(close, sizeof close, "</%s>", name);
    const char *from = memmem(xml.p, xml.n, open, strlen(open));
    if (!from)
        return none;
    from += strlen(open);
    const char *end = xml.p + xml.n;
    const char *to = memmem(from, (size_t)(end - from), close, strlen(close));
    if (!to || memchr(from, '<', (size_t)(to - from)))
        return none;
    if (rest)
        *rest = (struct pal_str){to + strlen(close), (size_t)(end - to) - strlen(close)};
    return (struct pal_str){from, (size_t)(to - from)};
}
