/* Signatures that were found right lately: checking one takes most of a millisecond, and a client
 * sends the same token with each request. What is remembered is the SHA-256 of key and token, so
 * nothing but the very same bytes under the very same key is recognised; claims are checked each
 * time anew. Any thread. */
#ifndef PAL_TOKEN_KNOWN_H
#define PAL_TOKEN_KNOWN_H

#include "base/str.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { KNOWN_DIGEST = 32, KNOWN_MAX = 1024 };

struct known {
    pthread_mutex_t lock; /* innermost */
    uint8_t digests[KNOWN_MAX][KNOWN_DIGEST];
};

/* False when there is no digest; then nothing is known. */
bool known_digest(struct pal_str token, const char *pem, uint8_t out[KNOWN_DIGEST]);
bool known_has(struct known *k, const uint8_t digest[KNOWN_DIGEST]);
/* Another one may lose its place. */
void known_add(struct known *k, const uint8_t digest[KNOWN_DIGEST]);

#endif
