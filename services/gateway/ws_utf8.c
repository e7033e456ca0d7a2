/* The table of well-formed byte sequences (Unicode 3.9, table 3-7): only the second byte has
 * narrower bounds, against overlong forms, surrogates, and what lies beyond U+10FFFF. */
#include "ws_utf8.h"

#include <string.h>

enum { LOW = 0x80, HIGH = 0xbf };

static size_t skip_ascii(const uint8_t *p, size_t n)
{
    size_t i = 0;
    uint64_t eight;
    for (; i + sizeof eight <= n; i += sizeof eight) {
        memcpy(&eight, p + i, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < n && p[i] < LOW)
        i++;
    return i;
}

static bool begin(struct ws_utf8 *u, uint8_t c)
{
    *u = (struct ws_utf8){.low = LOW, .high = HIGH};
    if (c < 0xc2 || c > 0xf4)
        return false;
    u->need = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (c == 0xe0)
        u->low = 0xa0;
    else if (c == 0xed)
        u->high = 0x9f;
    else if (c == 0xf0)
        u->low = 0x90;
    else if (c == 0xf4)
        u->high = 0x8f;
    return true;
}

bool ws_utf8_feed(struct ws_utf8 *u, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (u->need == 0) {
            i += skip_ascii(p + i, n - i);
            if (i == n)
                break;
            if (!begin(u, p[i]))
                return false;
            continue;
        }
        if (p[i] < u->low || p[i] > u->high)
            return false;
        u->low = LOW;
        u->high = HIGH;
        u->need--;
    }
    return true;
}
