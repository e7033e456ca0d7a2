/* The table of what is not public: address.h. */
#include "domain/address.h"

#include <string.h>

bool network_has(const struct network *net, const uint8_t *bytes, size_t n)
{
    size_t whole = net->bits / 8;
    unsigned rest = net->bits % 8;
    if (n != net->n || net->bits > n * 8 || memcmp(net->bytes, bytes, whole) != 0)
        return false;
    return rest == 0 || (net->bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

/* IANA IPv4 Special-Purpose Address Registry, and RFC 5771 (multicast). */
static const struct network not_public_4[] = {
    {{0}, 4, 8},
    {{10}, 4, 8},
    {{100, 64}, 4, 10},
    {{127}, 4, 8},
    {{169, 254}, 4, 16},
    {{172, 16}, 4, 12},
    {{192, 0, 0}, 4, 24},
    {{192, 0, 2}, 4, 24},
    {{192, 31, 196}, 4, 24},
    {{192, 52, 193}, 4, 24},
    {{192, 88, 99}, 4, 24},
    {{192, 168}, 4, 16},
    {{192, 175, 48}, 4, 24},
    {{198, 18}, 4, 15},
    {{198, 51, 100}, 4, 24},
    {{203, 0, 113}, 4, 24},
    {{224}, 4, 3},
};

/* Global unicast is 2000::/3; in it, the IETF's own assignments with Teredo, documentation, 6to4,
 * and what the registry has besides. */
static const struct network global_6 = {{0x20}, 16, 3};
static const struct network not_public_6[] = {
    {{0x20, 0x01}, 16, 23}, {{0x20, 0x01, 0x0d, 0xb8}, 16, 32},
    {{0x20, 0x02}, 16, 16}, {{0x26, 0x20, 0x00, 0x4f, 0x80}, 16, 48},
    {{0x3f, 0xff}, 16, 20},
};

static bool in_any(const struct network *nets, size_t count, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (network_has(&nets[i], bytes, n))
            return true;
    return false;
}

bool address_is_public(const uint8_t *bytes, size_t n)
{
    if (n == 4)
        return !in_any(not_public_4, sizeof not_public_4 / sizeof *not_public_4, bytes, n);
    return n == 16 && network_has(&global_6, bytes, n) &&
           !in_any(not_public_6, sizeof not_public_6 / sizeof *not_public_6, bytes, n);
}
