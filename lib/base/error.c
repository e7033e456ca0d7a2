/* Filling in struct pal_error. Texts are cut at whole UTF-8 characters, so that what is shown to a
 * caller stays valid JSON. No allocation, any thread. */
#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Drops a character that vsnprintf cut in the middle: n bytes stand in z. */
static void trim_partial_character(char *z, size_t n)
{
    size_t start = n;
    while (start > 0 && ((unsigned char)z[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)z[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (n - (start - 1) < need)
        z[start - 1] = '\0';
}

static void PAL_PRINTF(3, 0) format(char *out, size_t size, const char *fmt, va_list args)
{
    int n = vsnprintf(out, size, fmt, args);
    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= size)
        trim_partial_character(out, size - 1);
}

void pal_error_clear(struct pal_error *err)
{
    if (err)
        memset(err, 0, sizeof *err);
}

enum pal_code pal_error_set(struct pal_error *err, const struct pal_err_def *def, const char *fmt,
                            ...)
{
    if (!err)
        return def->code;
    err->def = def;
    va_list args;
    va_start(args, fmt);
    format(err->detail, sizeof err->detail, fmt, args);
    va_end(args);
    return def->code;
}

static void copy_text(char *out, size_t size, const char *z)
{
    size_t n = strlen(z);
    bool cut = n >= size;
    if (cut)
        n = size - 1;
    memcpy(out, z, n);
    out[n] = '\0';
    if (cut)
        trim_partial_character(out, n);
}

void pal_error_field(struct pal_error *err, const char *pointer, const char *fmt, ...)
{
    if (!err || err->n_fields >= PAL_ERROR_FIELDS_MAX)
        return;
    struct pal_error_field *field = &err->fields[err->n_fields++];
    copy_text(field->pointer, sizeof field->pointer, pointer);
    va_list args;
    va_start(args, fmt);
    format(field->detail, sizeof field->detail, fmt, args);
    va_end(args);
}

void pal_error_member(struct pal_error *err, const char *name, const char *value)
{
    if (!err || err->n_members >= PAL_ERROR_MEMBERS_MAX)
        return;
    struct pal_error_member *member = &err->members[err->n_members++];
    copy_text(member->name, sizeof member->name, name);
    copy_text(member->value, sizeof member->value, value);
}
