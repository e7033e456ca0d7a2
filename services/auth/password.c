/* Password hashes. The parameters are OWASP's (19 MiB, 2 passes, 1 lane) unless configured: RFC
 * 9106's second choice (64 MiB, 3, 4) costs ten times as much for each sign-in, which a small
 * server feels before an attacker does. */
#include "password.h"

#include "base/id.h"
#include "domain/password_rules.h"
#include "gen/catalogue.h"

#include <argon2.h>
#include <errno.h>
#include <malloc.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SALT_BYTES = 16, HASH_BYTES = 32, GIVE_BACK_BYTES = 1 << 20 };

struct password_hasher {
    struct password_params params;
    sem_t slots; /* hashes that may still begin */
    char dummy[PASSWORD_HASH_MAX];
};

static void enter(struct password_hasher *h)
{
    while (sem_wait(&h->slots) != 0 && errno == EINTR)
        ;
}

static enum pal_code failed(int rc, struct pal_error *err)
{
    if (rc == ARGON2_MEMORY_ALLOCATION_ERROR || rc == ARGON2_THREAD_FAIL)
        return pal_error_set(err, &pal_err_service_unavailable, "argon2: %s",
                             argon2_error_message(rc));
    return pal_error_set(err, &pal_err_service_internal, "argon2: %s", argon2_error_message(rc));
}

enum pal_code password_hash(struct password_hasher *h, struct pal_str password,
                            char out[PASSWORD_HASH_MAX], struct pal_error *err)
{
    uint8_t salt[SALT_BYTES];
    char encoded[PASSWORD_HASH_MAX];
    if (password.n > PASSWORD_MAX_BYTES)
        return pal_error_set(err, &pal_err_password_weak, "the password is too long");
    pal_random(salt, sizeof salt);
    enter(h);
    int rc =
        argon2id_hash_encoded(h->params.time, h->params.memory_kib, h->params.lanes, password.p,
                              password.n, salt, sizeof salt, HASH_BYTES, encoded, sizeof encoded);
    sem_post(&h->slots);
    if (rc != ARGON2_OK)
        return failed(rc, err);
    memcpy(out, encoded, sizeof encoded);
    return PAL_OK;
}

enum pal_code password_verify(struct password_hasher *h, const char *encoded,
                              struct pal_str password, bool *match, struct pal_error *err)
{
    if (password.n > PASSWORD_MAX_BYTES) {
        *match = false; /* no such password was ever taken */
        return PAL_OK;
    }
    enter(h);
    int rc = argon2id_verify(encoded ? encoded : h->dummy, password.p, password.n);
    sem_post(&h->slots);
    if (rc != ARGON2_OK && rc != ARGON2_VERIFY_MISMATCH)
        return failed(rc, err);
    *match = encoded && rc == ARGON2_OK;
    return PAL_OK;
}

/* The number behind `key` in "$argon2id$v=19$m=19456,t=2,p=1$…"; 0 when it is not there. */
static uint64_t parameter(const char *encoded, const char *key)
{
    const char *at = strstr(encoded, key);
    uint64_t value = 0;
    if (at)
        pal_parse_u64((struct pal_str){at + strlen(key), strspn(at + strlen(key), "0123456789")},
                      &value);
    return value;
}

bool password_outdated(const struct password_hasher *h, const char *encoded)
{
    return parameter(encoded, "$m=") < h->params.memory_kib ||
           parameter(encoded, ",t=") < h->params.time ||
           parameter(encoded, ",p=") < h->params.lanes;
}

static unsigned processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

enum pal_code password_hasher_new(const struct password_params *params, unsigned parallel,
                                  struct password_hasher **out, struct pal_error *err)
{
    struct password_hasher *h = calloc(1, sizeof *h);
    if (!h)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    /* The memory of a hash goes back to the system after it, instead of staying in the heap for
     * ever. */
    mallopt(M_MMAP_THRESHOLD, GIVE_BACK_BYTES);
    h->params = *params;
    if (h->params.memory_kib < 8 * h->params.lanes)
        h->params.memory_kib = 8 * h->params.lanes; /* RFC 9106 §3.1 */
    sem_init(&h->slots, 0, parallel ? parallel : processors());
    char secret[32];
    pal_random(secret, sizeof secret);
    enum pal_code code = password_hash(h, (struct pal_str){secret, sizeof secret}, h->dummy, err);
    if (code != PAL_OK) {
        password_hasher_free(h);
        return code;
    }
    *out = h;
    return PAL_OK;
}

void password_hasher_free(struct password_hasher *h)
{
    if (!h)
        return;
    sem_destroy(&h->slots);
    free(h);
}
