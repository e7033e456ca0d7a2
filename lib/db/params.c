/* Parameters in text format (bytea: binary). Texts are copied into the arena, because libpq wants
 * them terminated. */
#include "db/db.h"

#include "base/clock.h"
#include "base/id.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void pal_params_init(struct pal_params *p, struct pal_arena *arena)
{
    p->n = 0;
    p->failed = false;
    p->arena = arena;
}

static void put(struct pal_params *p, const char *value, size_t length, int format)
{
    if (p->n == PAL_PARAMS_MAX || length > INT32_MAX) {
        p->failed = true;
        return;
    }
    p->values[p->n] = value;
    p->lengths[p->n] = (int)length;
    p->formats[p->n] = format;
    p->n++;
}

void pal_p_null(struct pal_params *p)
{
    put(p, NULL, 0, 0);
}

/* Text that lives in the arena; NULL: it did not fit. */
static void put_text(struct pal_params *p, const char *text, size_t length)
{
    p->failed = p->failed || !text;
    put(p, text, length, 0);
}

void pal_p_int(struct pal_params *p, int64_t v)
{
    if (p->n == PAL_PARAMS_MAX) {
        p->failed = true;
        return;
    }
    char *text = p->numbers[p->n];
    int n = snprintf(text, sizeof p->numbers[0], "%" PRId64, v);
    put(p, text, (size_t)n, 0);
}

void pal_p_id(struct pal_params *p, uint64_t v)
{
    if (v > INT64_MAX)
        p->failed = true;
    else if (v == 0)
        pal_p_null(p);
    else
        pal_p_int(p, (int64_t)v);
}

void pal_p_bool(struct pal_params *p, bool v)
{
    put(p, v ? "t" : "f", 1, 0);
}

void pal_p_str(struct pal_params *p, struct pal_str s)
{
    if (!s.p) {
        pal_p_null(p);
        return;
    }
    if (memchr(s.p, 0, s.n)) /* would be cut there in silence */
        p->failed = true;
    put_text(p, pal_arena_strdup(p->arena, s), s.n);
}

void pal_p_bytes(struct pal_params *p, const void *b, size_t n)
{
    put(p, b ? b : "", n, 1);
}

void pal_p_uuid(struct pal_params *p, const uint8_t u[16])
{
    char *text = pal_arena_alloc(p->arena, PAL_UUID_LEN + 1);
    if (text)
        pal_uuid_format(u, text);
    put_text(p, text, PAL_UUID_LEN);
}

void pal_p_time(struct pal_params *p, int64_t unix_ms)
{
    if (unix_ms == 0) {
        pal_p_null(p);
        return;
    }
    char *text = pal_arena_alloc(p->arena, PAL_ISO_LEN + 1);
    if (text)
        pal_iso_format(unix_ms, text);
    put_text(p, text, PAL_ISO_LEN);
}

void pal_p_ints(struct pal_params *p, const int64_t *v, size_t n)
{
    enum { DIGITS = 21 }; /* with sign and separator */
    char *text = n < SIZE_MAX / DIGITS - 1 ? pal_arena_alloc(p->arena, n * DIGITS + 3) : NULL;
    size_t at = 0;
    if (text) {
        text[at++] = '{';
        for (size_t i = 0; i < n; i++)
            at += (size_t)snprintf(text + at, DIGITS + 1, "%s%" PRId64, i ? "," : "", v[i]);
        text[at++] = '}';
        text[at] = '\0';
    }
    put_text(p, text, at);
}

/* One element, quoted, so that no content can be taken for syntax. Returns the end. */
static char *quote_element(char *at, struct pal_str s)
{
    if (!s.p) {
        const struct pal_str null = PAL_STR("NULL");
        memcpy(at, null.p, null.n);
        return at + null.n;
    }
    *at++ = '"';
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            *at++ = '\\';
        *at++ = s.p[i];
    }
    *at++ = '"';
    return at;
}

void pal_p_strs(struct pal_params *p, const struct pal_str *v, size_t n)
{
    size_t size = 3;
    for (size_t i = 0; i < n; i++) {
        size += 2 * v[i].n + 5;
        if (v[i].p && memchr(v[i].p, 0, v[i].n))
            p->failed = true;
    }
    char *text = pal_arena_alloc(p->arena, size);
    char *at = text;
    if (text) {
        *at++ = '{';
        for (size_t i = 0; i < n; i++) {
            if (i)
                *at++ = ',';
            at = quote_element(at, v[i]);
        }
        *at++ = '}';
        *at = '\0';
    }
    put_text(p, text, text ? (size_t)(at - text) : 0);
}
