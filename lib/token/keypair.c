/* Signing keys: generation, loading from PEM, the JWK that auth publishes. Private keys are wiped
 * when they are let go of, in OpenSSL's buffers too. Any thread. */
#include "base/id.h"
#include "base/json.h"
#include "gen/catalogue.h"
#include "token/ec.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

static char *private_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *p = NULL, *copy = NULL;
    long n = 0;
    if (bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        n = BIO_get_mem_data(bio, &p);
    if (n > 0 && n < PAL_PEM_MAX)
        copy = strndup(p, (size_t)n);
    BIO_free(bio);
    return copy;
}

/* Takes the key. */
static enum pal_code finish(EVP_PKEY *key, struct pal_keypair *out, struct pal_error *err)
{
    struct pal_keypair made = {0};
    struct pal_p256 point = {0};
    char pem[PAL_PEM_MAX];
    bool ok = pal_p256_of(key, &point) && pal_p256_kid(&point, made.kid) && pal_p256_pem(key, pem);
    if (ok) {
        made.public_pem = strdup(pem);
        made.private_pem = private_pem(key);
        ok = made.public_pem && made.private_pem;
    }
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (!ok) {
        pal_keypair_free(&made);
        return pal_error_set(err, &pal_err_service_internal, "not a usable P-256 private key");
    }
    *out = made;
    return PAL_OK;
}

enum pal_code pal_keypair_generate(struct pal_keypair *out, struct pal_error *err)
{
    return finish(EVP_EC_gen("P-256"), out, err);
}

/* Keys are never encrypted with a passphrase here: do not let OpenSSL ask for one on the terminal.
 */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    (void)buf, (void)size, (void)rwflag, (void)arg;
    return -1;
}

enum pal_code pal_keypair_load(struct pal_str pem, struct pal_keypair *out, struct pal_error *err)
{
    EVP_PKEY *key = NULL;
    if (pem.n > 0 && pem.n < PAL_PEM_MAX) {
        BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
        key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
        BIO_free(bio);
    }
    return finish(key, out, err);
}

void pal_keypair_free(struct pal_keypair *k)
{
    if (!k)
        return;
    if (k->private_pem)
        OPENSSL_cleanse(k->private_pem, strlen(k->private_pem));
    free(k->private_pem);
    free(k->public_pem);
    *k = (struct pal_keypair){0};
}

enum pal_code pal_keypair_jwk(const struct pal_keypair *k, struct pal_buf *out)
{
    struct pal_p256 point = {0};
    char x[PAL_P256_TEXT + 1], y[PAL_P256_TEXT + 1];
    BIO *bio = BIO_new_mem_buf(k->public_pem, -1);
    EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL) : NULL;
    bool ok = pal_p256_of(key, &point);
    BIO_free(bio);
    EVP_PKEY_free(key);
    if (!ok)
        return PAL_INTERNAL;
    pal_b64url_encode(point.x, PAL_P256_BYTES, x);
    pal_b64url_encode(point.y, PAL_P256_BYTES, y);
    json_t *o = json_pack("{ss ss ss ss ss ss ss}", "kty", "EC", "crv", "P-256", "x", x, "y", y,
                          "kid", k->kid, "use", "sig", "alg", "ES256");
    ok = o && pal_json_dump(o, out);
    json_decref(o);
    return ok ? PAL_OK : PAL_INTERNAL;
}
