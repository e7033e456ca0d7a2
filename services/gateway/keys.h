/* Keeping the public keys of access tokens fresh: auth is asked at start, every 10 s, and when a
 * token names a key that is not known. Loop's thread. */
#ifndef GATEWAY_KEYS_H
#define GATEWAY_KEYS_H

struct gateway;

void keys_refresh(struct gateway *gw);

#endif
