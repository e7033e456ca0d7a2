/* Secrets at rest. A nonce is random: a key seals a few dozen things in its life. */
#include "seal.h"

#include "base/id.h"
#include "gen/catalogue.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

static const char purpose[] = "palique auth signing keys v1";

enum pal_code seal_key_derive(struct pal_str secret, uint8_t out[SEAL_KEY_BYTES],
                              struct pal_error *err)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    char digest[] = "SHA256", info[sizeof purpose], salt[] = "palique";
    memcpy(info, purpose, sizeof purpose);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("digest", digest, 0),
        OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)secret.p, secret.n),
        OSSL_PARAM_construct_octet_string("salt", salt, sizeof salt - 1),
        OSSL_PARAM_construct_octet_string("info", info, sizeof info - 1),
        OSSL_PARAM_construct_end(),
    };
    int ok = ctx && EVP_KDF_derive(ctx, out, SEAL_KEY_BYTES, params) == 1;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok ? PAL_OK : pal_error_set(err, &pal_err_service_internal, "key derivation failed");
}

static bool fits(struct pal_str s)
{
    return s.n <= INT_MAX - SEAL_OVERHEAD;
}

enum pal_code seal_close(const uint8_t key[SEAL_KEY_BYTES], struct pal_str plain,
                         struct pal_str bound, uint8_t *out, struct pal_error *err)
{
    uint8_t *body = out + SEAL_NONCE_BYTES;
    int n = 0, rest = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    pal_random(out, SEAL_NONCE_BYTES);
    bool ok = ctx && fits(plain) && fits(bound) &&
              EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
              EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)bound.p, (int)bound.n) == 1 &&
              EVP_EncryptUpdate(ctx, body, &n, (const uint8_t *)plain.p, (int)plain.n) == 1 &&
              EVP_EncryptFinal_ex(ctx, body + n, &rest) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_BYTES, body + plain.n) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok ? PAL_OK : pal_error_set(err, &pal_err_service_internal, "sealing failed");
}

enum pal_code seal_open(const uint8_t key[SEAL_KEY_BYTES], struct pal_str sealed,
                        struct pal_str bound, uint8_t *out, struct pal_error *err)
{
    if (sealed.n < SEAL_OVERHEAD || !fits(sealed) || !fits(bound))
        return pal_error_set(err, &pal_err_service_internal, "nothing sealed");
    const uint8_t *nonce = (const uint8_t *)sealed.p, *body = nonce + SEAL_NONCE_BYTES;
    uint8_t tag[SEAL_TAG_BYTES];
    int n = 0, rest = 0, length = (int)(sealed.n - SEAL_OVERHEAD);
    memcpy(tag, body + length, sizeof tag);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
              EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)bound.p, (int)bound.n) == 1 &&
              EVP_DecryptUpdate(ctx, out, &n, body, length) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_BYTES, tag) == 1 &&
              EVP_DecryptFinal_ex(ctx, out + n, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok ? PAL_OK
              : pal_error_set(err, &pal_err_service_internal, "not sealed with this secret");
}
