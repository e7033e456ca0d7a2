/* The signing keys of this process. A set of keys is immutable and counted: a thread signs with the
 * set that it took, while another puts a newer one in its place. */
#include "keyring.h"

#include "domain/key_times.h"
#include "gen/catalogue.h"
#include "seal.h"
#include "store/key.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { RELOAD_MS = 5000, ARENA_MAX = 1 << 20 };

struct key_set {
    atomic_uint refs;
    size_t n;
    struct pal_keypair pairs[KEY_STORE_MAX];
    struct key_times times[KEY_STORE_MAX];
};

struct keyring {
    uint8_t seal_key[SEAL_KEY_BYTES];
    pthread_mutex_t lock; /* guards what follows; a leaf: nothing else is locked under it */
    struct key_set *set;
    int64_t read_ms;
};

static void set_unref(struct key_set *set)
{
    if (!set || atomic_fetch_sub(&set->refs, 1) != 1)
        return;
    for (size_t i = 0; i < set->n; i++)
        pal_keypair_free(&set->pairs[i]);
    free(set);
}

enum pal_code keyring_new(struct pal_str secret, struct keyring **out, struct pal_error *err)
{
    if (secret.n < 16)
        return pal_error_set(err, &pal_err_service_internal,
                             "PALIQUE_AUTH_KEY_SECRET must have at least 16 bytes");
    struct keyring *k = calloc(1, sizeof *k);
    if (!k)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    enum pal_code code = seal_key_derive(secret, k->seal_key, err);
    if (code != PAL_OK) {
        free(k);
        return code;
    }
    pthread_mutex_init(&k->lock, NULL);
    *out = k;
    return PAL_OK;
}

void keyring_free(struct keyring *k)
{
    if (!k)
        return;
    set_unref(k->set);
    pthread_mutex_destroy(&k->lock);
    explicit_bzero(k->seal_key, sizeof k->seal_key);
    free(k);
}

static enum pal_code open_key(const struct keyring *k, const struct key_row *row,
                              struct pal_arena *arena, struct pal_keypair *out,
                              struct pal_error *err)
{
    size_t n = row->sealed.n > SEAL_OVERHEAD ? row->sealed.n - SEAL_OVERHEAD : 0;
    uint8_t *pem = pal_arena_alloc(arena, n + 1);
    if (!pem)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    if (seal_open(k->seal_key, row->sealed, row->kid, pem, err) != PAL_OK)
        return pal_error_set(err, &pal_err_service_internal,
                             "signing key %.*s was sealed with another PALIQUE_AUTH_KEY_SECRET",
                             (int)row->kid.n, row->kid.p);
    enum pal_code code = pal_keypair_load((struct pal_str){(const char *)pem, n}, out, err);
    explicit_bzero(pem, n);
    return code;
}

static enum pal_code read_set(const struct keyring *k, struct pal_db *db, struct pal_arena *arena,
                              struct key_set **out, struct pal_error *err)
{
    struct key_row *rows = NULL;
    size_t n = 0;
    enum pal_code code = key_store_list(db, arena, &rows, &n, err);
    struct key_set *set = code == PAL_OK ? calloc(1, sizeof *set) : NULL;
    if (!set)
        return code != PAL_OK ? code
                              : pal_error_set(err, &pal_err_service_internal, "out of memory");
    atomic_init(&set->refs, 1);
    for (size_t i = 0; code == PAL_OK && i < n; i++) {
        code = open_key(k, &rows[i], arena, &set->pairs[i], err);
        set->times[i] = rows[i].times;
        set->n += code == PAL_OK;
    }
    if (code != PAL_OK) {
        set_unref(set);
        return code;
    }
    *out = set;
    return PAL_OK;
}

static void put_set(struct keyring *k, struct key_set *set, int64_t now_ms)
{
    pthread_mutex_lock(&k->lock);
    struct key_set *old = k->set;
    k->set = set;
    k->read_ms = now_ms;
    pthread_mutex_unlock(&k->lock);
    set_unref(old);
}

/* A reference to the set in use; NULL when it has to be read again. One thread at a time is told
 * so. */
static struct key_set *take_set(struct keyring *k, int64_t now_ms)
{
    struct key_set *set = NULL;
    pthread_mutex_lock(&k->lock);
    if (k->set && now_ms - k->read_ms < RELOAD_MS && now_ms >= k->read_ms) {
        set = k->set;
        atomic_fetch_add(&set->refs, 1);
    }
    pthread_mutex_unlock(&k->lock);
    return set;
}

static enum pal_code fresh_set(struct keyring *k, struct pal_db *db, int64_t now_ms,
                               struct pal_arena *arena, struct key_set **out, struct pal_error *err)
{
    struct key_set *set = take_set(k, now_ms);
    if (!set) {
        enum pal_code code = read_set(k, db, arena, &set, err);
        if (code != PAL_OK)
            return code;
        atomic_fetch_add(&set->refs, 1);
        put_set(k, set, now_ms);
    }
    *out = set;
    return PAL_OK;
}

/* Stores a new key that becomes active at times.activates_ms; *kid is in the arena. */
static enum pal_code store_key(struct keyring *k, struct pal_db *db, struct pal_arena *arena,
                               const struct pal_keypair *pair, struct key_times times,
                               struct pal_str *kid, struct pal_error *err)
{
    struct pal_str pem = pal_str_of(pair->private_pem);
    char *name = pal_arena_strdup(arena, pal_str_of(pair->kid));
    uint8_t *sealed = pal_arena_alloc(arena, pem.n + SEAL_OVERHEAD);
    struct pal_buf jwk;
    if (!name || !sealed)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    *kid = pal_str_of(name);
    struct key_row row = {*kid, {(const char *)sealed, pem.n + SEAL_OVERHEAD}, times};
    pal_buf_init(&jwk, 1024);
    enum pal_code code = seal_close(k->seal_key, pem, *kid, sealed, err);
    if (code == PAL_OK && (code = pal_keypair_jwk(pair, &jwk)) != PAL_OK)
        pal_error_set(err, &pal_err_service_internal, "the new key has no JWK");
    if (code == PAL_OK)
        code = key_store_insert(db, arena, &row, pal_buf_view(&jwk), err);
    pal_buf_fini(&jwk);
    return code;
}

static enum pal_code make_key(struct keyring *k, struct pal_db *db, struct pal_arena *arena,
                              struct key_times times, struct pal_str *kid, struct pal_error *err)
{
    struct pal_keypair pair;
    enum pal_code code = pal_keypair_generate(&pair, err);
    if (code != PAL_OK)
        return code;
    code = store_key(k, db, arena, &pair, times, kid, err);
    pal_keypair_free(&pair);
    return code;
}

/* Under the lock of key_store_lock, inside the transaction of the callers. */
static enum pal_code open_locked(struct keyring *k, struct pal_db *db, struct pal_arena *arena,
                                 int64_t now_ms, struct pal_error *err)
{
    struct key_set *set = NULL;
    struct pal_str kid = {NULL, 0};
    enum pal_code code = key_store_lock(db, err);
    if (code == PAL_OK)
        code = read_set(k, db, arena, &set, err);
    if (code == PAL_OK && set->n == 0) {
        set_unref(set);
        set = NULL;
        code = make_key(k, db, arena, key_times_new(now_ms, 1), &kid, err);
        if (code == PAL_OK)
            code = read_set(k, db, arena, &set, err);
    }
    if (code == PAL_OK)
        put_set(k, set, now_ms);
    return code;
}

static enum pal_code rotate_locked(struct keyring *k, struct pal_db *db, struct pal_arena *arena,
                                   int64_t now_ms, int64_t access_ttl_ms, struct pal_error *err)
{
    struct key_row *rows = NULL;
    size_t n = 0;
    struct pal_str kid = {NULL, 0};
    enum pal_code code = key_store_lock(db, err);
    if (code == PAL_OK)
        code = key_store_list(db, arena, &rows, &n, err);
    if (code != PAL_OK)
        return code;
    struct key_times times = key_times_new(now_ms, n == 0);
    code = make_key(k, db, arena, times, &kid, err);
    if (code != PAL_OK)
        return code;
    return key_store_retire_others(db, arena, kid, key_retirement(&times, access_ttl_ms), err);
}

static enum pal_code finish(struct pal_db *db, enum pal_code code, struct pal_error *err)
{
    if (code == PAL_OK)
        return pal_db_commit(db, err);
    pal_db_rollback(db);
    return code;
}

enum pal_code keyring_open(struct keyring *k, struct pal_db *db, int64_t now_ms,
                           struct pal_error *err)
{
    struct pal_arena arena;
    pal_arena_init(&arena, ARENA_MAX);
    enum pal_code code = pal_db_begin(db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = finish(db, open_locked(k, db, &arena, now_ms, err), err);
    pal_arena_fini(&arena);
    return code;
}

enum pal_code keyring_rotate(struct keyring *k, struct pal_db *db, int64_t now_ms,
                             int64_t access_ttl_ms, struct pal_error *err)
{
    struct pal_arena arena;
    pal_arena_init(&arena, ARENA_MAX);
    enum pal_code code = pal_db_begin(db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = finish(db, rotate_locked(k, db, &arena, now_ms, access_ttl_ms, err), err);
    pal_arena_fini(&arena);
    return code;
}

enum pal_code keyring_sign(struct keyring *k, struct pal_db *db, const struct pal_claims *claims,
                           int64_t now_ms, struct pal_arena *arena, struct pal_str *out,
                           struct pal_error *err)
{
    struct key_set *set = NULL;
    enum pal_code code = fresh_set(k, db, now_ms, arena, &set, err);
    if (code != PAL_OK)
        return code;
    size_t best = key_pick(set->times, set->n, now_ms);
    code = best < set->n
               ? pal_token_sign(&set->pairs[best], claims, arena, out, err)
               : pal_error_set(err, &pal_err_service_internal, "no signing key is active");
    set_unref(set);
    return code;
}
