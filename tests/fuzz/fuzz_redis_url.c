/* Addresses of a store: any bytes, all members terminated. */
#include "redis/url.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct redis_url url;
    const char *why = NULL;
    if (!redis_url_parse((struct pal_str){size ? (const char *)data : "", size}, &url, &why)) {
        if (!why)
            abort();
        return 0;
    }
    if (strnlen(url.host, sizeof url.host) == sizeof url.host || url.host[0] == '\0' ||
        strnlen(url.password, sizeof url.password) == sizeof url.password)
        abort();
    return 0;
}
