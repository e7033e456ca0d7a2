/* UTF-8 (RFC 3629) that comes in pieces: says with the first wrong byte that it is wrong, also
 * inside of a code point. Pure. */
#ifndef GATEWAY_WS_UTF8_H
#define GATEWAY_WS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: at the beginning. */
struct ws_utf8 {
    uint8_t need;      /* continuation bytes of the code point under way that have not come */
    uint8_t low, high; /* what the next of them may be */
};

/* False: no text begins with what was fed so far. The state is of no use then. */
bool ws_utf8_feed(struct ws_utf8 *u, const uint8_t *p, size_t n);

/* Does no code point lack its end? */
static inline bool ws_utf8_whole(const struct ws_utf8 *u)
{
    return u->need == 0;
}

#endif
