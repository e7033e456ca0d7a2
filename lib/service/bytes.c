/* Bytes in a request: handler.h. */
#include "service/handler.h"

#include <openssl/evp.h>

static enum pal_code not_base64(struct pal_call *c, const char *pointer)
{
    enum pal_code code = pal_fail(c, &pal_err_request_invalid, "%s is not base64", pointer + 1);
    pal_error_field(&c->err, pointer, "is not base64");
    return code;
}

enum pal_code pal_take_bytes(struct pal_call *c, const char *pointer, size_t max,
                             const struct pal_err_def *too_large, struct pal_str *out)
{
    struct pal_str text = pal_json_str(c->in, pointer + 1);
    size_t pad = 0;
    while (pad < 2 && text.n > pad && text.p[text.n - 1 - pad] == '=')
        pad++;
    if (text.n / 4 * 3 > max + pad)
        return pal_fail(c, too_large, "at most %zu bytes", max);
    uint8_t *bytes = pal_arena_alloc(c->arena, text.n / 4 * 3 + 4);
    if (!bytes)
        return pal_fail(c, &pal_err_service_internal, "out of request memory");
    int n = text.n % 4 ? -1 : EVP_DecodeBlock(bytes, (const uint8_t *)text.p, (int)text.n);
    if (n < 0 || (size_t)n < pad)
        return not_base64(c, pointer);
    *out = (struct pal_str){(const char *)bytes, (size_t)n - pad};
    return PAL_OK;
}
