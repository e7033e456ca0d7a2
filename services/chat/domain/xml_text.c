/* xml_text.h: no parser. The documents are small, flat, and of a server that is trusted; a name
 * in a comment or in CDATA would be taken for an element. */
#include "domain/xml_text.h"

#include <string.h>

enum { NAME_MAX_HERE = 64 };

/* "<name>" and "</name>": how long the latter is; 0: the name is too long. */
static size_t make_tags(const char *name, char open[NAME_MAX_HERE], char close[NAME_MAX_HERE])
{
    size_t n = strlen(name);
    if (n + 3 > NAME_MAX_HERE)
        return 0;
    open[0] = close[0] = '<';
    close[1] = '/';
    for (size_t i = 0; i < n; i++)
        open[1 + i] = close[2 + i] = name[i];
    open[n + 1] = close[n + 2] = '>';
    return n + 3;
}

struct pal_str xml_element(struct pal_str xml, const char *name, struct pal_str *rest)
{
    char open[NAME_MAX_HERE], close[NAME_MAX_HERE];
    const struct pal_str none = {NULL, 0};
    size_t n = make_tags(name, open, close);
    const char *from = n > 0 && xml.n > 0 ? memmem(xml.p, xml.n, open, n - 1) : NULL;
    if (!from)
        return none;
    from += n - 1;
    const char *end = xml.p + xml.n, *to = memmem(from, (size_t)(end - from), close, n);
    if (!to)
        return none;
    if (rest)
        *rest = (struct pal_str){to + n, (size_t)(end - to) - n};
    return (struct pal_str){from, (size_t)(to - from)};
}

struct pal_str xml_text(struct pal_str xml, const char *name, struct pal_str *rest)
{
    struct pal_str after, text = xml_element(xml, name, &after);
    if (!text.p || (text.n > 0 && memchr(text.p, '<', text.n)))
        return (struct pal_str){NULL, 0};
    if (rest)
        *rest = after;
    return text;
}
