/* When a signing key may sign and when it is forgotten. Verifiers fetch the public keys every ten
 * seconds, so a key stands in the set before it signs, and stays in it until the last token that it
 * signed has expired. Pure. */
#ifndef AUTH_DOMAIN_KEY_TIMES_H
#define AUTH_DOMAIN_KEY_TIMES_H

#include <stddef.h>
#include <stdint.h>

enum {
    KEY_ACTIVATION_MS = 30000, /* from publication to the first signature */
    KEY_MARGIN_MS = 120000     /* clocks that differ, replicas that reload late */
};

struct key_times {
    int64_t activates_ms;
    int64_t retires_ms; /* 0: not set */
};

/* The times of a new key; first: there is no other, so nobody can have been waiting for it. */
struct key_times key_times_new(int64_t now_ms, int first);
/* When the keys before it can be forgotten. */
int64_t key_retirement(const struct key_times *next, int64_t access_ttl_ms);
/* The key to sign with: of those active now, the one activated last; n when there is none. */
size_t key_pick(const struct key_times *keys, size_t n, int64_t now_ms);

#endif
