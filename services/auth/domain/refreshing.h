/* What a refresh token is still good for. Pure. */
#ifndef AUTH_DOMAIN_REFRESHING_H
#define AUTH_DOMAIN_REFRESHING_H

#include <stdbool.h>
#include <stdint.h>

/* How long an exchange may be repeated. */
enum { REFRESH_AGAIN_MS = 5 * 60 * 1000 };

struct refresh_facts {
    bool used;       /* it was exchanged before */
    bool same_key;   /* by a request with the same Idempotency-Key */
    int64_t used_ms; /* when, at first; 0: it was not */
    bool session_revoked;
    int64_t expires_ms;
    bool account_active;     /* and its organisation */
    int64_t banned_until_ms; /* 0: not banned */
};

enum refresh_verdict {
    REFRESH_GOOD,
    REFRESH_INVALID, /* expired or revoked: nothing to do */
    REFRESH_REUSED,  /* somebody has a copy: end the session */
    REFRESH_AGAIN,   /* the same exchange once more: good while what came of it is unused */
    REFRESH_BANNED
};

enum refresh_verdict refresh_check(const struct refresh_facts *f, int64_t now_ms);

#endif
