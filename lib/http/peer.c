/* Who is at the other end. X-Forwarded-For is read from its right end, and only as far as those who
 * wrote it are trusted: a client cannot put itself behind somebody else's address. */
#include "http/steps.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool parse_address(struct pal_str text, uint8_t out[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char z[INET6_ADDRSTRLEN];
    text = pal_str_trim(text);
    if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = (struct pal_str){text.p + 1, text.n - 2};
    if (text.n == 0 || text.n >= sizeof z)
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    if (inet_pton(AF_INET6, z, out) == 1)
        return true;
    memcpy(out, mapped, sizeof mapped);
    return inet_pton(AF_INET, z, out + 12) == 1;
}

static bool same_network(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/* "10.0.0.1" or "10.0.0.0/8". */
static bool in_entry(const uint8_t address[16], struct pal_str entry)
{
    struct pal_str base;
    uint8_t network[16];
    uint64_t bits = 128;
    struct pal_str width = pal_str_cut(pal_str_trim(entry), '/', &base);
    if (!parse_address(base, network))
        return false;
    if (width.p) {
        bool v4 = memchr(base.p, '.', base.n) && !memchr(base.p, ':', base.n);
        if (!pal_parse_u64(width, &bits) || bits > (v4 ? 32 : 128))
            return false;
        bits += v4 ? 96 : 0;
    }
    return same_network(address, network, (unsigned)bits);
}

static bool trusted(const struct pal_front *f, const uint8_t address[16])
{
    struct pal_str rest = pal_str_of(f->config.trusted_proxies);
    while (rest.n > 0) {
        struct pal_str entry;
        rest = pal_str_cut(rest, ',', &entry);
        if (in_entry(address, entry))
            return true;
    }
    return false;
}

/* False: a unix socket, which has no address. */
static bool peer_address(const struct pal_http *r, uint8_t out[16])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    if (a && a->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a;
        memcpy(out, &v6->sin6_addr, 16);
        return true;
    }
    if (a && a->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a;
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &v4->sin_addr, 4);
        return true;
    }
    return false;
}

void pal_request_find_address(struct pal_http *r)
{
    uint8_t address[16] = {0};
    bool believe = !peer_address(r, address) || trusted(r->front, address);
    struct pal_str list =
        believe ? pal_request_header_list(r, "X-Forwarded-For") : (struct pal_str){NULL, 0};
    while (believe && list.n > 0) {
        const char *comma = memrchr(list.p, ',', list.n);
        size_t start = comma ? (size_t)(comma - list.p) + 1 : 0;
        uint8_t next[16];
        if (!parse_address((struct pal_str){list.p + start, list.n - start}, next))
            break;
        memcpy(address, next, sizeof address);
        believe = trusted(r->front, address);
        list.n = comma ? start - 1 : 0;
    }
    memcpy(r->address, address, sizeof address);
}
