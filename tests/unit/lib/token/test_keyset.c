/* Readers verify while another thread replaces the keys: no reader ever sees half a set. */
#include "base/buf.h"
#include "token/token.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { READERS = 3, ROUNDS = 200, CHECKS = 40 };

static const int64_t now_s = 1800000000;

struct shared {
    struct pal_keyset *keys;
    struct pal_str token;
    atomic_uint bad;
};

static void require(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "failed: %s\n", what);
    exit(1);
}

static void *reader(void *arg)
{
    struct shared *s = arg;
    for (int i = 0; i < CHECKS; i++) {
        struct pal_claims c;
        if (pal_token_verify(s->keys, s->token, now_s * 1000, &c, NULL, NULL) != PAL_OK)
            atomic_fetch_add(&s->bad, 1);
    }
    return NULL;
}

static void document(const struct pal_keypair *a, const struct pal_keypair *b, struct pal_buf *out)
{
    pal_buf_z(out, "{\"keys\":[");
    require(pal_keypair_jwk(a, out) == PAL_OK, "jwk");
    pal_buf_char(out, ',');
    require(pal_keypair_jwk(b, out) == PAL_OK, "jwk");
    pal_buf_z(out, "]}");
}

int main(void)
{
    struct pal_keypair a, b;
    struct pal_buf one, two;
    struct pal_arena arena;
    struct shared s = {.keys = pal_keyset_new()};
    pthread_t threads[READERS];
    struct pal_claims claims = {
        .user = 1, .org = 1, .session = 1, .role = 1, .issued_at = now_s, .expires_at = now_s + 60};
    require(pal_keypair_generate(&a, NULL) == PAL_OK, "generate");
    require(pal_keypair_generate(&b, NULL) == PAL_OK, "generate");
    pal_buf_init(&one, 4096);
    pal_buf_init(&two, 4096);
    document(&a, &b, &one);
    document(&b, &a, &two);
    pal_arena_init(&arena, 1 << 16);
    require(pal_keyset_load(s.keys, pal_buf_view(&one), NULL) == PAL_OK, "load");
    require(pal_token_sign(&a, &claims, &arena, &s.token, NULL) == PAL_OK, "sign");
    for (int i = 0; i < READERS; i++)
        require(pthread_create(&threads[i], NULL, reader, &s) == 0, "thread");
    for (int i = 0; i < ROUNDS; i++)
        require(pal_keyset_load(s.keys, pal_buf_view(i % 2 ? &one : &two), NULL) == PAL_OK, "load");
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    require(atomic_load(&s.bad) == 0, "every token verified all the time");
    pal_arena_fini(&arena);
    pal_buf_fini(&one);
    pal_buf_fini(&two);
    pal_keyset_free(s.keys);
    pal_keypair_free(&a);
    pal_keypair_free(&b);
    return 0;
}
