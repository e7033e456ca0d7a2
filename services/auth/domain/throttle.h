/* How long a sign-in has to wait after failures. Three things are counted: account and network
 * together, the network alone, the account alone. The last two are high and short, and are not
 * asked where the account has signed in from the same network before: so nobody can lock somebody
 * else out. Pure. */
#ifndef AUTH_DOMAIN_THROTTLE_H
#define AUTH_DOMAIN_THROTTLE_H

#include "base/str.h"

#include <stdint.h>

enum throttle_kind { THROTTLE_PAIR, THROTTLE_NETWORK, THROTTLE_ACCOUNT, THROTTLE_KINDS };

enum {
    THROTTLE_HALF_LIFE_S = 600 /* failures count half after each ten minutes of quiet */
};

/* Milliseconds between the last failure and the next try: doubling with each failure past the free
 * ones. */
int64_t throttle_delay_ms(enum throttle_kind kind, int64_t failures);

struct throttle_count {
    int64_t failures;
    int64_t last_ms; /* wall clock of the last one */
};

/* Milliseconds to wait from now; 0: go ahead. known: the account has signed in from this network
 * before. */
int64_t throttle_wait_ms(const struct throttle_count counts[THROTTLE_KINDS], bool known,
                         int64_t now_ms);

#endif
