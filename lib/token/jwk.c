/* P-256 public keys in their several forms: EVP key, point, PEM, JWK thumbprint (RFC 7638).
 * Pure but for OpenSSL's allocations. Any thread. */
#include "base/id.h"
#include "token/ec.h"

#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

static bool coordinate(EVP_PKEY *key, const char *name, uint8_t out[PAL_P256_BYTES])
{
    BIGNUM *n = NULL;
    bool ok = EVP_PKEY_get_bn_param(key, name, &n) == 1 &&
              BN_bn2binpad(n, out, PAL_P256_BYTES) == PAL_P256_BYTES;
    BN_free(n);
    return ok;
}

bool pal_p256_of(EVP_PKEY *key, struct pal_p256 *out)
{
    char group[32];
    size_t n = 0;
    if (!key || !EVP_PKEY_is_a(key, "EC") ||
        EVP_PKEY_get_group_name(key, group, sizeof group, &n) != 1 ||
        strcmp(group, "prime256v1") != 0)
        return false;
    return coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, out->x) &&
           coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, out->y);
}

EVP_PKEY *pal_p256_key(const struct pal_p256 *point)
{
    char group[] = "prime256v1";
    uint8_t octets[1 + 2 * PAL_P256_BYTES] = {4}; /* uncompressed: SEC 1 §2.3.3 */
    memcpy(octets + 1, point->x, PAL_P256_BYTES);
    memcpy(octets + 1 + PAL_P256_BYTES, point->y, PAL_P256_BYTES);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets, sizeof octets),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

bool pal_p256_kid(const struct pal_p256 *point, char out[PAL_KID_MAX + 1])
{
    char x[PAL_P256_TEXT + 1], y[PAL_P256_TEXT + 1], text[160];
    uint8_t digest[SHA256_DIGEST_LENGTH];
    pal_b64url_encode(point->x, PAL_P256_BYTES, x);
    pal_b64url_encode(point->y, PAL_P256_BYTES, y);
    json_t *o = json_pack("{ss ss ss ss}", "crv", "P-256", "kty", "EC", "x", x, "y", y);
    size_t n = o ? json_dumpb(o, text, sizeof text, JSON_COMPACT | JSON_SORT_KEYS) : 0;
    json_decref(o);
    if (n == 0 || n > sizeof text || !SHA256((const uint8_t *)text, n, digest))
        return false;
    pal_b64url_encode(digest, 16, out);
    return true;
}

bool pal_p256_pem(EVP_PKEY *key, char out[PAL_PEM_MAX])
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *p = NULL;
    long n = bio && PEM_write_bio_PUBKEY(bio, key) == 1 ? BIO_get_mem_data(bio, &p) : 0;
    bool ok = n > 0 && n < PAL_PEM_MAX;
    if (ok) {
        memcpy(out, p, (size_t)n);
        out[n] = '\0';
    }
    BIO_free(bio);
    return ok;
}
