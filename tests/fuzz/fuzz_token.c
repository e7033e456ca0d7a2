/* Access tokens: any bytes, against a set with one key. Nothing that was not signed may pass; a few
 * bytes in front choose how the input is dressed, so that header and claims are reached. */
#include "base/id.h"
#include "token/token.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pal_keyset *keys(void)
{
    static struct pal_keyset *set; /* one for the process */
    struct pal_keypair k;
    struct pal_buf b;
    if (set)
        return set;
    set = pal_keyset_new();
    pal_buf_init(&b, 4096);
    if (!set || pal_keypair_generate(&k, NULL) != PAL_OK)
        abort();
    pal_buf_z(&b, "{\"keys\":[");
    if (pal_keypair_jwk(&k, &b) != PAL_OK)
        abort();
    pal_buf_z(&b, "]}");
    if (pal_keyset_load(set, pal_buf_view(&b), NULL) != PAL_OK)
        abort();
    pal_buf_fini(&b);
    pal_keypair_free(&k);
    return set;
}

static void try(struct pal_str token)
{
    struct pal_claims claims;
    bool unknown;
    if (pal_token_verify(keys(), token, INT64_C(1800000000000), &claims, &unknown, NULL) == PAL_OK)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[8192];
    struct pal_str raw = {(const char *)data, size}, head;
    try(raw);
    if (size > 2048)
        return 0;
    /* "header|claims" in base64url with a signature of the right length. */
    struct pal_str claims = pal_str_cut(raw, '|', &head);
    size_t n = pal_b64url_encode(head.p, head.n, text);
    text[n++] = '.';
    n += pal_b64url_encode(claims.p ? claims.p : "", claims.n, text + n);
    text[n++] = '.';
    n += pal_b64url_encode("0123456789012345678901234567890123456789012345678901234567890123", 64,
                           text + n);
    try((struct pal_str){text, n});
    struct pal_keyset *other = pal_keyset_new();
    (void)!pal_keyset_load(other, raw, NULL);
    pal_keyset_free(other);
    return 0;
}
