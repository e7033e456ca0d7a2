/* Random bytes and text encodings. Decoders are strict: one text per value. */
#include "base/id.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void pal_random(void *p, size_t n)
{
    unsigned char *out = p;
    while (n > 0) {
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort(); /* going on without randomness would be worse than stopping */
        out += got;
        n -= (size_t)got;
    }
}

void pal_uuid_v4(uint8_t out[16])
{
    pal_random(out, 16);
    out[6] = (uint8_t)((out[6] & 0x0F) | 0x40); /* RFC 9562 §5.4: version and variant */
    out[8] = (uint8_t)((out[8] & 0x3F) | 0x80);
}

static bool is_dash_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

void pal_uuid_format(const uint8_t in[16], char out[PAL_UUID_LEN + 1])
{
    char hex[33];
    pal_hex_encode(in, 16, hex);
    const char *from = hex;
    for (size_t i = 0; i < PAL_UUID_LEN; i++)
        out[i] = is_dash_place(i) ? '-' : *from++;
    out[PAL_UUID_LEN] = '\0';
}

bool pal_uuid_parse(struct pal_str s, uint8_t out[16])
{
    char hex[32];
    size_t n = 0;
    if (s.n != PAL_UUID_LEN)
        return false;
    for (size_t i = 0; i < PAL_UUID_LEN; i++) {
        if (is_dash_place(i) != (s.p[i] == '-'))
            return false;
        if (s.p[i] != '-')
            hex[n++] = s.p[i];
    }
    return pal_hex_decode((struct pal_str){hex, n}, out, 16);
}

void pal_hex_encode(const void *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = p;
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[in[i] >> 4];
        *out++ = digits[in[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool pal_hex_decode(struct pal_str s, void *out, size_t n)
{
    unsigned char *to = out;
    if (s.n / 2 != n || s.n % 2 != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if (hex_value(s.p[2 * i]) < 0 || hex_value(s.p[2 * i + 1]) < 0)
            return false;
    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)(hex_value(s.p[2 * i]) << 4 | hex_value(s.p[2 * i + 1]));
    return true;
}

size_t pal_b64url_encode(const void *p, size_t n, char *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *in = p;
    char *to = out;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | in[i];
        for (have += 8; have >= 6; have -= 6)
            *to++ = alphabet[bits >> (have - 6) & 63];
    }
    if (have > 0)
        *to++ = alphabet[bits << (6 - have) & 63];
    *to = '\0';
    return (size_t)(to - out);
}

static int b64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool pal_b64url_decode(struct pal_str s, void *out, size_t cap, size_t *n)
{
    unsigned char *to = out;
    size_t length = s.n / 4 * 3 + (s.n % 4 ? s.n % 4 - 1 : 0);
    uint32_t bits = 0;
    unsigned have = 0;
    if (s.n % 4 == 1 || length > cap)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int value = b64_value(s.p[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            *to++ = (unsigned char)(bits >> have);
        }
    }
    if (bits & ((1U << have) - 1))
        return false; /* bits beyond the last byte: not the text an encoder makes */
    *n = length;
    return true;
}
