/* The public keys of the suite. Replaced as a whole under a lock; a look-up copies one PEM out, so
 * that no signature is ever checked with the lock held. Any thread. */
#include "token/keyset.h"
#include "base/id.h"
#include "base/json.h"
#include "gen/catalogue.h"

#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>

enum { KEYS_MAX = 16, JWKS_MAX = 32 << 10 };

struct public_key {
    char kid[PAL_KID_MAX + 1];
    char pem[PAL_PEM_MAX];
};

struct pal_keyset {
    pthread_rwlock_t lock;   /* guards the rest; innermost lock */
    struct public_key *keys; /* owned */
    size_t n;
    struct known known;
};

struct pal_keyset *pal_keyset_new(void)
{
    struct pal_keyset *s = calloc(1, sizeof *s);
    if (!s || pthread_rwlock_init(&s->lock, NULL) != 0) {
        free(s);
        return NULL;
    }
    if (pthread_mutex_init(&s->known.lock, NULL) != 0) {
        pthread_rwlock_destroy(&s->lock);
        free(s);
        return NULL;
    }
    return s;
}

void pal_keyset_free(struct pal_keyset *s)
{
    if (!s)
        return;
    pthread_mutex_destroy(&s->known.lock);
    pthread_rwlock_destroy(&s->lock);
    free(s->keys);
    free(s);
}

struct known *pal_keyset_known(struct pal_keyset *s)
{
    return &s->known;
}

static bool member_is(const json_t *jwk, const char *name, const char *value, bool required)
{
    const json_t *v = json_object_get(jwk, name);
    if (!v)
        return !required;
    return json_is_string(v) && strcmp(json_string_value(v), value) == 0;
}

static bool kid_valid(struct pal_str kid)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (kid.n == 0 || kid.n > PAL_KID_MAX)
        return false;
    for (size_t i = 0; i < kid.n; i++)
        if (kid.p[i] == '\0' || !strchr(allowed, kid.p[i]))
            return false;
    return true;
}

static bool coordinate(const json_t *jwk, const char *name, uint8_t out[PAL_P256_BYTES])
{
    const json_t *v = json_object_get(jwk, name);
    size_t n = 0;
    return json_is_string(v) &&
           pal_b64url_decode((struct pal_str){json_string_value(v), json_string_length(v)}, out,
                             PAL_P256_BYTES, &n) &&
           n == PAL_P256_BYTES;
}

/* False: a key of another kind, or one that is not on the curve. */
static bool read_key(const json_t *jwk, struct public_key *out)
{
    struct pal_p256 point = {0};
    const json_t *id = json_object_get(jwk, "kid");
    struct pal_str kid = {json_string_value(id), json_string_length(id)};
    if (!member_is(jwk, "kty", "EC", true) || !member_is(jwk, "crv", "P-256", true) ||
        !member_is(jwk, "use", "sig", false) || !member_is(jwk, "alg", "ES256", false) ||
        !json_is_string(id) || !kid_valid(kid) || !coordinate(jwk, "x", point.x) ||
        !coordinate(jwk, "y", point.y))
        return false;
    EVP_PKEY *key = pal_p256_key(&point);
    bool ok = key && pal_p256_pem(key, out->pem);
    EVP_PKEY_free(key);
    ERR_clear_error();
    memcpy(out->kid, kid.p, kid.n);
    out->kid[kid.n] = '\0';
    return ok;
}

static size_t read_keys(const json_t *array, struct public_key keys[KEYS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(array) && n < KEYS_MAX; i++)
        n += read_key(json_array_get(array, i), &keys[n]);
    return n;
}

enum pal_code pal_keyset_load(struct pal_keyset *s, struct pal_str jwks, struct pal_error *err)
{
    char why[80] = "too large";
    json_t *doc = jwks.n <= JWKS_MAX ? pal_json_parse(jwks, why) : NULL;
    if (!doc)
        return pal_error_set(err, &pal_err_request_malformed, "key set: %s", why);
    const json_t *array = json_object_get(doc, "keys");
    struct public_key *keys = calloc(KEYS_MAX, sizeof *keys);
    size_t n = keys ? read_keys(array, keys) : 0;
    bool is_array = json_is_array(array);
    json_decref(doc);
    if (!is_array || n == 0) {
        free(keys);
        return pal_error_set(err, &pal_err_request_malformed, "key set: no usable key in it");
    }
    pthread_rwlock_wrlock(&s->lock);
    struct public_key *old = s->keys;
    s->keys = keys;
    s->n = n;
    pthread_rwlock_unlock(&s->lock);
    free(old);
    return PAL_OK;
}

size_t pal_keyset_count(struct pal_keyset *s)
{
    pthread_rwlock_rdlock(&s->lock);
    size_t n = s->n;
    pthread_rwlock_unlock(&s->lock);
    return n;
}

bool pal_keyset_find(struct pal_keyset *s, struct pal_str kid, char pem[PAL_PEM_MAX])
{
    bool found = false;
    pthread_rwlock_rdlock(&s->lock);
    for (size_t i = 0; s->keys && i < s->n && !found; i++) {
        found = pal_str_eq(pal_str_of(s->keys[i].kid), kid);
        if (found)
            memcpy(pem, s->keys[i].pem, PAL_PEM_MAX);
    }
    pthread_rwlock_unlock(&s->lock);
    return found;
}
