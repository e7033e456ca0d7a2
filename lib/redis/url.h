/* The address of a store; private to lib/redis. */
#ifndef PAL_REDIS_URL_H
#define PAL_REDIS_URL_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { REDIS_HOST_BYTES = 256, REDIS_SECRET_BYTES = 256 };

struct redis_url {
    bool is_unix;
    char host[REDIS_HOST_BYTES]; /* name, address, or path of the socket */
    uint16_t port;
    char user[REDIS_SECRET_BYTES];     /* empty: the default user */
    char password[REDIS_SECRET_BYTES]; /* empty: none */
    uint16_t db;
};

/* redis://[[user]:password@]host[:port][/db] (user and password percent-encoded, IPv6 in brackets)
 * or unix:/path. False with a reason in *why, which is static and names no part of the address. */
bool redis_url_parse(struct pal_str url, struct redis_url *out, const char **why);

#endif
