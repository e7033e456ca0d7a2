/* Addresses of files that work without a token until a moment: HMAC-SHA256 over the id, the name in
 * the address and the moment. */
#ifndef CHAT_FILES_ADDRESS_H
#define CHAT_FILES_ADDRESS_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { ADDRESS_SECRET = 32, ADDRESS_SIGNATURE = 64 };

struct address {
    uint64_t file;
    struct pal_str name; /* percent-encoded by filename_encode; "": the address has none */
    int64_t expires;     /* seconds since 1970 */
};

/* Hexadecimal and terminated. False: the name is too long, or there is no memory. */
bool address_sign(const uint8_t secret[ADDRESS_SECRET], const struct address *a,
                  char out[ADDRESS_SIGNATURE + 1]);
/* Is it ours, and not over? */
bool address_good(const uint8_t secret[ADDRESS_SECRET], const struct address *a,
                  struct pal_str signature, int64_t now);

#endif
