/* Bodies of forms: any bytes, in pieces of any size. What comes out does not depend on the pieces.
 */
#include "domain/multipart.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool give(void *ctx, struct pal_str bytes)
{
    pal_buf_str(ctx, bytes);
    return true;
}

static bool feed(struct multipart *m, struct pal_buf *out, struct pal_str body, size_t step)
{
    bool ok = multipart_init(m, PAL_STR("multipart/form-data; boundary=x"));
    pal_buf_init(out, 1 << 20);
    for (size_t i = 0; ok && i < body.n; i += step)
        ok = multipart_feed(m, (struct pal_str){body.p + i, body.n - i < step ? body.n - i : step},
                            give, out);
    return ok && multipart_complete(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct multipart one, many;
    struct pal_buf first, second;
    if (size < 1 || size > 1 << 18)
        return 0;
    struct pal_str body = {(const char *)data + 1, size - 1};
    bool a = feed(&one, &first, body, size), b = feed(&many, &second, body, 1U + data[0]);
    if (a != b || (a && !pal_str_eq(pal_buf_view(&first), pal_buf_view(&second))))
        __builtin_trap();
    multipart_fini(&one);
    multipart_fini(&many);
    pal_buf_fini(&first);
    pal_buf_fini(&second);
    return 0;
}
