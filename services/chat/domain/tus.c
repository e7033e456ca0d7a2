/* tus.h: base64 is RFC 4648 §4, with padding, and nothing else passes. */
#include "domain/tus.h"

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t padding_of(struct pal_str text)
{
    size_t n = 0;
    while (n < 2 && n < text.n && text.p[text.n - 1 - n] == '=')
        n++;
    return n;
}

/* out may be NULL: only looked at then. */
static bool decode(struct pal_str text, char *out, size_t size, size_t *n)
{
    size_t padding = padding_of(text);
    uint32_t bits = 0;
    unsigned have = 0;
    *n = 0;
    if (text.n % 4 != 0)
        return false;
    for (size_t i = 0; i < text.n - padding; i++) {
        int v = value_of(text.p[i]);
        if (v < 0)
            return false;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        if (out && *n == size)
            return false;
        if (out)
            out[*n] = (char)(bits >> have & 0xff);
        ++*n;
    }
    return true;
}

static bool is_key(struct pal_str key)
{
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] <= 0x20 || key.p[i] >= 0x7f)
            return false;
    }
    return key.n > 0;
}

/* The next pair of *rest; value.p is NULL where there is none. */
static bool next(struct pal_str *rest, struct pal_str *key, struct pal_str *value)
{
    struct pal_str pair;
    if (rest->n == 0)
        return false;
    *rest = pal_str_cut(*rest, ',', &pair);
    *value = pal_str_cut(pal_str_trim(pair), ' ', key);
    return true;
}

bool tus_metadata_ok(struct pal_str header)
{
    struct pal_str rest = header, key, value;
    size_t n;
    if (header.n > TUS_METADATA_MAX)
        return false;
    while (next(&rest, &key, &value)) {
        struct pal_str later = rest, other, ignored;
        if (!is_key(key) || !decode(value, NULL, 0, &n))
            return false;
        while (next(&later, &other, &ignored)) {
            if (pal_str_eq(other, key))
                return false;
        }
    }
    return true;
}

bool tus_metadata_get(struct pal_str header, struct pal_str key, char *out, size_t size, size_t *n)
{
    struct pal_str rest = header, name, value;
    while (next(&rest, &name, &value)) {
        if (pal_str_eq(name, key))
            return decode(value, out, size, n);
    }
    return false;
}

enum tus_checksum tus_checksum_parse(struct pal_str header, uint8_t digest[TUS_DIGEST_MAX])
{
    struct pal_str name;
    size_t n = 0;
    if (!header.p)
        return TUS_CHECKSUM_NONE;
    struct pal_str text = pal_str_cut(header, ' ', &name);
    enum tus_checksum kind = pal_str_eq(name, PAL_STR("sha1"))     ? TUS_SHA1
                             : pal_str_eq(name, PAL_STR("sha256")) ? TUS_SHA256
                                                                   : TUS_CHECKSUM_UNKNOWN;
    size_t want = kind == TUS_SHA1 ? 20 : 32;
    if (kind == TUS_CHECKSUM_UNKNOWN)
        return kind;
    return decode(text, (char *)digest, TUS_DIGEST_MAX, &n) && n == want ? kind : TUS_CHECKSUM_BAD;
}
