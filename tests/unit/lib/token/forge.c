/* Signing without libjwt, so that the tests do not believe what they test. */
#include "forge.h"

#include "base/id.h"

#include <criterion/criterion.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>

static EVP_PKEY *private_key(const struct pal_keypair *k)
{
    BIO *bio = BIO_new_mem_buf(k->private_pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    cr_assert_not_null(key);
    return key;
}

static size_t sign_der(const struct pal_keypair *k, const char *text, uint8_t der[80])
{
    EVP_PKEY *key = private_key(k);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = 80;
    cr_assert(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
    cr_assert(EVP_DigestSign(ctx, der, &n, (const uint8_t *)text, strlen(text)) == 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return n;
}

static void raw_from_der(const uint8_t *der, size_t n, bool high_s, uint8_t raw[64])
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
    cr_assert_not_null(sig);
    BIGNUM *s = BN_dup(ECDSA_SIG_get0_s(sig)), *order = NULL;
    if (high_s) {
        BN_hex2bn(&order, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        BN_sub(s, order, s);
    }
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
    BN_bn2binpad(s, raw + 32, 32);
    BN_free(s);
    BN_free(order);
    ECDSA_SIG_free(sig);
}

static size_t signature(const struct pal_keypair *k, enum forge_mode mode, const char *text,
                        uint8_t out[80])
{
    unsigned hmac_n = 0;
    uint8_t der[80];
    if (mode == FORGE_NONE)
        return 0;
    if (mode == FORGE_HS256) {
        HMAC(EVP_sha256(), k->public_pem, (int)strlen(k->public_pem), (const uint8_t *)text,
             strlen(text), out, &hmac_n);
        return hmac_n;
    }
    if (mode == FORGE_ZERO) {
        memset(out, 0, 64);
        return 64;
    }
    size_t n = sign_der(k, text, der);
    if (mode == FORGE_DER) {
        memcpy(out, der, n);
        return n;
    }
    raw_from_der(der, n, mode == FORGE_HIGH_S, out);
    return mode == FORGE_TRUNCATED ? 63 : 64;
}

void forge(const struct pal_keypair *k, enum forge_mode mode, struct pal_str header,
           struct pal_str claims, char *out, size_t cap)
{
    uint8_t sig[80];
    cr_assert((header.n + claims.n) * 4 / 3 + 120 < cap);
    size_t n = pal_b64url_encode(header.p, header.n, out);
    out[n++] = '.';
    n += pal_b64url_encode(claims.p, claims.n, out + n);
    out[n] = '\0';
    size_t sig_n = signature(k, mode, out, sig);
    out[n++] = '.';
    if (sig_n > 0)
        n += pal_b64url_encode(sig, sig_n, out + n);
    out[n] = '\0';
}

struct pal_keyset *forge_keyset(const struct pal_keypair *k)
{
    struct pal_buf b;
    struct pal_error err = {0};
    struct pal_keyset *s = pal_keyset_new();
    pal_buf_init(&b, 4096);
    pal_buf_z(&b, "{\"keys\":[");
    cr_assert(pal_keypair_jwk(k, &b) == PAL_OK);
    pal_buf_z(&b, "]}");
    cr_assert(pal_keyset_load(s, pal_buf_view(&b), &err) == PAL_OK, "%s", err.detail);
    pal_buf_fini(&b);
    return s;
}
