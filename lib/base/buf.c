/* The growable buffer. Invariant: p is NULL or cap > n and p[n] is NUL; n <= max. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BYTES = 128 };

void pal_buf_init(struct pal_buf *b, size_t max)
{
    *b = (struct pal_buf){.max = max};
}

void pal_buf_fini(struct pal_buf *b)
{
    free(b->p);
    pal_buf_init(b, b->max);
}

void pal_buf_clear(struct pal_buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p)
        b->p[0] = '\0';
}

/* Room for `more` bytes and the NUL; false (sticky) when that passes max or memory. */
static bool grow(struct pal_buf *b, size_t more)
{
    size_t need;
    if (b->failed || more > b->max - b->n || __builtin_add_overflow(b->n + 1, more, &need)) {
        b->failed = true;
        return false;
    }
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : FIRST_BYTES;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap - 1 > b->max)
        cap = b->max + 1;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void pal_buf_add(struct pal_buf *b, const void *p, size_t n)
{
    if (!grow(b, n))
        return;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void pal_buf_str(struct pal_buf *b, struct pal_str s)
{
    pal_buf_add(b, s.p, s.n);
}

void pal_buf_z(struct pal_buf *b, const char *z)
{
    pal_buf_add(b, z, strlen(z));
}

void pal_buf_char(struct pal_buf *b, char c)
{
    pal_buf_add(b, &c, 1);
}

void pal_buf_int(struct pal_buf *b, int64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (v < 0)
        digits[--at] = '-';
    pal_buf_add(b, digits + at, sizeof digits - at);
}

void pal_buf_printf(struct pal_buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if (!grow(b, (size_t)n))
        return;
    va_start(args, fmt);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, args);
    va_end(args);
    b->n += (size_t)n;
}

/* The escape of one byte that may not stand in a JSON string. */
static void add_escape(struct pal_buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_form[] = "\bb\tt\nn\ff\rr\"\"\\\\";
    for (size_t i = 0; i + 1 < sizeof short_form; i += 2) {
        if ((unsigned char)short_form[i] == c) {
            pal_buf_add(b, (const char[]){'\\', short_form[i + 1]}, 2);
            return;
        }
    }
    pal_buf_add(b, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

void pal_buf_json_str(struct pal_buf *b, struct pal_str s)
{
    size_t plain = 0; /* start of the run that needs no escape */
    size_t before = b->n;
    pal_buf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        pal_buf_add(b, s.p + plain, i - plain);
        add_escape(b, c);
        plain = i + 1;
    }
    if (s.n > plain)
        pal_buf_add(b, s.p + plain, s.n - plain);
    pal_buf_char(b, '"');
    if (b->failed && b->p) { /* no half strings: contents are what was there before */
        b->n = before;
        b->p[before] = '\0';
    }
}

void *pal_buf_reserve(struct pal_buf *b, size_t n)
{
    return grow(b, n) ? b->p + b->n : NULL;
}

void pal_buf_commit(struct pal_buf *b, size_t n)
{
    b->n += n;
    b->p[b->n] = '\0';
}

void pal_buf_consume(struct pal_buf *b, size_t n)
{
    if (n == 0)
        return;
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
    b->p[b->n] = '\0';
}

char *pal_buf_steal(struct pal_buf *b, size_t *n)
{
    char *p = b->p ? b->p : calloc(1, 1);
    if (n)
        *n = b->n;
    pal_buf_init(b, b->max);
    return p;
}
