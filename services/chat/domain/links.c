/* Finds links: links.h. One pass over the text. */
#include "domain/links.h"

#include "domain/code.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static size_t scheme_length(struct pal_str text, size_t at)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(schemes[i]);
        if (text.n - at > n && strncasecmp(text.p + at, schemes[i], n) == 0)
            return n;
    }
    return 0;
}

static bool ends_link(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f || strchr("<>\"`\\^{|}", c) != NULL;
}

static size_t count(struct pal_str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

/* "(see https://example.org/a_(b).)" has the link https://example.org/a_(b). */
static struct pal_str without_tail(struct pal_str link)
{
    for (; link.n > 0; link.n--) {
        char last = link.p[link.n - 1];
        bool unopened = (last == ')' && count(link, ')') > count(link, '(')) ||
                        (last == ']' && count(link, ']') > count(link, '['));
        if (!unopened && !strchr(".,:;!?'*_~", last))
            break;
    }
    return link;
}

static struct pal_str link_at(struct pal_str text, size_t at, size_t scheme)
{
    size_t n = scheme;
    while (at + n < text.n && !ends_link(text.p[at + n]))
        n++;
    struct pal_str link = without_tail((struct pal_str){text.p + at, n});
    return link.n > scheme && link.n <= LINK_BYTES_MAX ? link : (struct pal_str){text.p + at, 0};
}

static bool is_new(const struct pal_str *links, size_t n, struct pal_str link)
{
    for (size_t i = 0; i < n; i++)
        if (pal_str_eq(links[i], link))
            return false;
    return true;
}

static bool in_word(struct pal_str text, size_t at)
{
    char before = at > 0 ? text.p[at - 1] : ' ';
    return (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
           (before >= '0' && before <= '9');
}

size_t links_find(struct pal_str text, struct pal_str links[LINKS_MAX])
{
    size_t found = 0;
    for (size_t i = 0; i < text.n && found < LINKS_MAX;) {
        if (text.p[i] == '`') {
            i = code_skip(text, i);
            continue;
        }
        size_t scheme = in_word(text, i) ? 0 : scheme_length(text, i);
        struct pal_str link = scheme > 0 ? link_at(text, i, scheme) : (struct pal_str){NULL, 0};
        if (link.n > 0 && is_new(links, found, link))
            links[found++] = link;
        i += link.n > 0 ? link.n : 1;
    }
    return found;
}
