/* address.h by OpenSSL. */
#include "files/address.h"

#include "base/id.h"
#include "domain/filename.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

bool address_sign(const uint8_t secret[ADDRESS_SECRET], const struct address *a,
                  char out[ADDRESS_SIGNATURE + 1])
{
    /* The numbers end at a line break, which no name has. */
    char text[64 + FILENAME_URL_MAX];
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (a->name.n > FILENAME_URL_MAX)
        return false;
    int head = snprintf(text, sizeof text, "%" PRIu64 "\n%" PRId64 "\n", a->file, a->expires);
    if (a->name.n > 0)
        memcpy(text + head, a->name.p, a->name.n);
    if (!HMAC(EVP_sha256(), secret, ADDRESS_SECRET, (const unsigned char *)text,
              (size_t)head + a->name.n, mac, &n))
        return false;
    pal_hex_encode(mac, n, out);
    return true;
}

bool address_good(const uint8_t secret[ADDRESS_SECRET], const struct address *a,
                  struct pal_str signature, int64_t now)
{
    char ours[ADDRESS_SIGNATURE + 1];
    return a->expires > now && signature.n == ADDRESS_SIGNATURE && address_sign(secret, a, ours) &&
           pal_secret_eq(signature.p, ours, ADDRESS_SIGNATURE);
}
