/* Pages of anybody's servers, and links in anybody's messages. */
#include "base/str.h"
#include "domain/links.h"
#include "domain/page.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition)
        abort();
}

static void check_text(const char *text)
{
    check(pal_utf8_valid(pal_str_of(text), false));
    for (const char *at = text; *at; at++)
        check((unsigned char)*at >= ' ' && *at != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str s = {size ? (const char *)data : "", size};
    struct pal_str links[LINKS_MAX];
    struct page page;
    page_read(s, &page);
    check_text(page.title);
    check_text(page.description);
    check_text(page.site);
    check_text(page.image);
    size_t n = links_find(s, links);
    check(n <= LINKS_MAX);
    for (size_t i = 0; i < n; i++)
        check(links[i].p >= s.p && links[i].p + links[i].n <= s.p + s.n &&
              links[i].n <= LINK_BYTES_MAX);
    return 0;
}
