/* Addresses of clients: 16 bytes, IPv6 or IPv4 mapped. Pure. */
#ifndef AUTH_DOMAIN_ADDRESS_H
#define AUTH_DOMAIN_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { ADDRESS_TEXT_MAX = 46 };

/* All zero: nobody told it. */
bool address_known(const uint8_t address[16]);
/* The network that failures are counted for: an IPv4 address, or the /64 of an IPv6 one, which one
 * subscriber has. */
void address_network(const uint8_t address[16], uint8_t out[16]);
/* As inet wants it: "192.0.2.1" or "2001:db8::1". */
void address_text(const uint8_t address[16], char out[ADDRESS_TEXT_MAX]);

#endif
