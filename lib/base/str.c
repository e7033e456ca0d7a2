/* Byte strings: comparing, cutting, whole-string parsing. The only place where text becomes a
 * number. */
#include "base/str.h"

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool pal_str_caseeq(struct pal_str a, struct pal_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

bool pal_str_starts(struct pal_str s, struct pal_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

struct pal_str pal_str_trim(struct pal_str s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct pal_str pal_str_cut(struct pal_str s, char sep, struct pal_str *head)
{
    const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;
    if (!at) {
        *head = s;
        return (struct pal_str){NULL, 0};
    }
    size_t before = (size_t)(at - s.p);
    *head = (struct pal_str){s.p, before};
    return (struct pal_str){at + 1, s.n - before - 1};
}

bool pal_parse_u64(struct pal_str s, uint64_t *out)
{
    uint64_t value = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
            return false;
    }
    *out = value;
    return true;
}

bool pal_parse_i64(struct pal_str s, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    if (negative) {
        s.p++;
        s.n--;
    }
    uint64_t magnitude;
    if (!pal_parse_u64(s, &magnitude))
        return false;
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1U : 0U))
        return false;
    *out = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

bool pal_parse_bool(struct pal_str s, bool *out)
{
    static const char *const yes[] = {"true", "1", "yes", "on"};
    static const char *const no[] = {"false", "0", "no", "off"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        bool is_yes = pal_str_caseeq(s, pal_str_of(yes[i]));
        if (is_yes || pal_str_caseeq(s, pal_str_of(no[i]))) {
            *out = is_yes;
            return true;
        }
    }
    return false;
}

bool pal_secret_eq(const void *a, const void *b, size_t n)
{
    /* volatile: the compiler must not leave the loop at the first difference. */
    const volatile unsigned char *x = a;
    const volatile unsigned char *y = b;
    unsigned char difference = 0;
    for (size_t i = 0; i < n; i++)
        difference |= (unsigned char)(x[i] ^ y[i]);
    return difference == 0;
}
