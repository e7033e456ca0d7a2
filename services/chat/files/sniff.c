/* libmagic with bounds: no look into archives or compressed data, only the type. A handle for each
 * call: its database is a shared mapping, and it may not be used by two threads. */
#include "files/sniff.h"

#include <magic.h>
#include <stdio.h>

static bool is_type(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-/");
    return n > 2 && s[n] == '\0' && strchr(s, '/');
}

void sniff_type(struct pal_str start, char *out, size_t size)
{
    const char *type = NULL;
    magic_t m = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                           MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ELF);
    size_t n = start.n < SNIFF_BYTES ? start.n : SNIFF_BYTES;
    if (m && n > 0 && magic_load(m, NULL) == 0)
        type = magic_buffer(m, start.p, n);
    if (!type || !is_type(type) || strlen(type) >= size)
        type = "application/octet-stream";
    (void)snprintf(out, size, "%s", type);
    if (m)
        magic_close(m);
}
