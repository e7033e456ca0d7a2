/* What an object store answers: any bytes. What is found lies within, and the search ends. */
#include "domain/location.h"
#include "domain/xml_text.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *all = (const char *)data;
    struct pal_str one, key, rest = {all, size};
    (void)location_file(rest);
    while ((one = xml_element(rest, "Contents", &rest)).p) {
        if (one.p < all || one.p + one.n > rest.p || rest.p + rest.n != all + size)
            __builtin_trap();
        key = xml_text(one, "Key", NULL);
        if (key.p && (key.p < one.p || key.p + key.n > one.p + one.n))
            __builtin_trap();
        (void)location_file(key);
    }
    return 0;
}
