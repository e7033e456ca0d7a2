/* Makes tokens that lib/token would never make: any header, any claims, any way of signing. */
#ifndef TEST_FORGE_H
#define TEST_FORGE_H

#include "token/token.h"

enum forge_mode {
    FORGE_ES256,     /* signed with the key as it should be */
    FORGE_HS256,     /* HMAC with the public key's PEM as the secret */
    FORGE_NONE,      /* empty signature */
    FORGE_TRUNCATED, /* ES256, one byte short */
    FORGE_DER,       /* ES256 in DER instead of r || s */
    FORGE_ZERO,      /* 64 zero bytes */
    FORGE_HIGH_S     /* ES256 with s replaced by n - s: as good as the other */
};

/* Terminated token in out (a buffer of cap bytes). */
void forge(const struct pal_keypair *k, enum forge_mode mode, struct pal_str header,
           struct pal_str claims, char *out, size_t cap);
/* A key set with the one key. */
struct pal_keyset *forge_keyset(const struct pal_keypair *k);

#endif
