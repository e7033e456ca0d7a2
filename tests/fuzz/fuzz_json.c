/* pal_json_parse on any bytes: what it accepts is printed and read again to the same value. */
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[80];
    json_t *v = pal_json_parse((struct pal_str){(const char *)data, size}, why);
    if (!v)
        return 0;
    struct pal_buf out;
    pal_buf_init(&out, 16 * size + 4096); /* escapes and reals take more room than they had */
    if (!pal_json_dump(v, &out))
        abort();
    json_t *again = pal_json_parse(pal_buf_view(&out), why);
    if (!again || !json_equal(v, again))
        abort();
    json_decref(again);
    json_decref(v);
    pal_buf_fini(&out);
    return 0;
}
