/* Which internet addresses are everybody's, pure: links of messages are fetched from those only. */
#ifndef CHAT_DOMAIN_ADDRESS_H
#define CHAT_DOMAIN_ADDRESS_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* bytes: 4 of IPv4 or 16 of IPv6, in network order; n says which, any other length is not public.
 * False for all that IANA's special-purpose registries (RFC 6890) do not call globally reachable,
 * for multicast, and for IPv6 addresses that stand for IPv4 ones or for tunnels. */
bool address_is_public(const uint8_t *bytes, size_t n);

/* A network, "10.1.0.0/16" or "fd00::/8"; without a length a single address. */
struct network {
    uint8_t bytes[16];
    size_t n; /* 4 or 16 */
    unsigned bits;
};
bool network_has(const struct network *net, const uint8_t *bytes, size_t n);

#endif
