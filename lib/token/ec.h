/* P-256 points and keys through OpenSSL's EVP interface; shared by the files of this folder only.
 * Any thread. */
#ifndef PAL_TOKEN_EC_H
#define PAL_TOKEN_EC_H

#include "token/token.h"

#include <openssl/evp.h>
#include <stdint.h>

enum {
    PAL_P256_BYTES = 32, /* one coordinate */
    PAL_P256_TEXT = 43,  /* one coordinate in base64url */
    PAL_PEM_MAX = 1024   /* bytes of any PEM of ours; a P-256 public key takes 178 */
};

struct pal_p256 {
    uint8_t x[PAL_P256_BYTES], y[PAL_P256_BYTES];
};

/* The public point of a key; false when it is not a P-256 key. */
bool pal_p256_of(EVP_PKEY *key, struct pal_p256 *out);
/* A public key from a point; NULL when the point is not on the curve. The caller frees it. */
EVP_PKEY *pal_p256_key(const struct pal_p256 *point);
/* RFC 7638 thumbprint: the first 16 bytes of it in base64url. */
bool pal_p256_kid(const struct pal_p256 *point, char out[PAL_KID_MAX + 1]);
/* The public key as PEM (SubjectPublicKeyInfo), terminated; false when it does not fit. */
bool pal_p256_pem(EVP_PKEY *key, char out[PAL_PEM_MAX]);

#endif
