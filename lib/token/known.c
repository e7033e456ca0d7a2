/* See known.h: a digest has one place, told by its first bytes. */
#include "token/known.h"

#include <openssl/evp.h>
#include <string.h>

static uint8_t *place(struct known *k, const uint8_t digest[KNOWN_DIGEST])
{
    return k->digests[(digest[0] | digest[1] << 8) % KNOWN_MAX];
}

bool known_digest(struct pal_str token, const char *pem, uint8_t out[KNOWN_DIGEST])
{
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    bool ok = sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1 &&
              EVP_DigestUpdate(sha, pem, strlen(pem) + 1) == 1 &&
              EVP_DigestUpdate(sha, token.p, token.n) == 1 &&
              EVP_DigestFinal_ex(sha, out, NULL) == 1;
    EVP_MD_CTX_free(sha);
    return ok;
}

bool known_has(struct known *k, const uint8_t digest[KNOWN_DIGEST])
{
    pthread_mutex_lock(&k->lock);
    bool has = pal_secret_eq(place(k, digest), digest, KNOWN_DIGEST);
    pthread_mutex_unlock(&k->lock);
    return has;
}

void known_add(struct known *k, const uint8_t digest[KNOWN_DIGEST])
{
    pthread_mutex_lock(&k->lock);
    memcpy(place(k, digest), digest, KNOWN_DIGEST);
    pthread_mutex_unlock(&k->lock);
}
