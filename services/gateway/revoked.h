/* Sessions and users whose tokens are refused although their signature is good: what auth has told
 * lately. Bounded in number and in time; a token does not outlive the memory. Loop's thread. */
#ifndef GATEWAY_REVOKED_H
#define GATEWAY_REVOKED_H

#include "base/map.h"
#include "token/token.h"

#include <stdbool.h>
#include <stdint.h>

struct revoked {
    struct pal_map sessions[2]; /* session id -> itself; two generations */
    struct pal_map users[2];    /* user id -> second up to which his tokens are void */
    int64_t turned_ms;
};

void revoked_init(struct revoked *r);
void revoked_fini(struct revoked *r);
void revoked_add_session(struct revoked *r, uint64_t session);
/* Tokens of the user issued in or before second `until` are void. */
void revoked_add_user(struct revoked *r, uint64_t user, int64_t until);
bool revoked_has(const struct revoked *r, const struct pal_claims *claims);
void revoked_tick(struct revoked *r, int64_t now_ms);

#endif
