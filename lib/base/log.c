/* One JSON line per entry, built on the stack (a log must work when memory is out) and written with
 * one write(2), so that lines of several threads do not mix. A line that would pass 8 KiB loses its
 * last fields and says so. */
#include "base/log.h"

#include "base/clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum {
    LINE_BYTES = 8192,
    TAIL_BYTES = 24, /* kept free for ,"truncated":true}\n */
    VALUE_BYTES = 4096
};

struct line {
    size_t n;
    size_t max;
    bool full;
    char p[LINE_BYTES];
};

/* allow static: the level is of the process */
static atomic_int threshold = PAL_INFO;
/* allow static: set once by pal_log_init before threads start */
static const char *service_name = "palique";

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void pal_log_init(const char *service, enum pal_level level)
{
    service_name = service;
    pal_log_level_set(level);
}

void pal_log_level_set(enum pal_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

bool pal_level_parse(struct pal_str s, enum pal_level *out)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (pal_str_caseeq(s, pal_str_of(level_names[i]))) {
            *out = (enum pal_level)i;
            return true;
        }
    }
    return false;
}

static void put(struct line *l, const char *p, size_t n)
{
    if (l->full || n > l->max - l->n) {
        l->full = true;
        return;
    }
    memcpy(l->p + l->n, p, n);
    l->n += n;
}

static void put_z(struct line *l, const char *z)
{
    put(l, z, strlen(z));
}

/* One character, or its escape. Bytes that are not UTF-8 become U+FFFD; returns how many were used.
 */
static size_t put_character(struct line *l, const char *p, size_t n)
{
    unsigned char c = (unsigned char)p[0];
    if (c == '"' || c == '\\') {
        put(l, (const char[]){'\\', p[0]}, 2);
        return 1;
    }
    if (c < 0x20 || c == 0x7F) {
        static const char hex[] = "0123456789abcdef";
        put(l, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
        return 1;
    }
    size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (length > n || !pal_utf8_valid((struct pal_str){p, length}, false)) {
        put_z(l, "\xEF\xBF\xBD");
        return 1;
    }
    put(l, p, length);
    return length;
}

static void put_string(struct line *l, struct pal_str s)
{
    size_t start = l->n;
    size_t i = 0;
    put_z(l, "\"");
    while (i < s.n && l->n - start < VALUE_BYTES && !l->full)
        i += put_character(l, s.p + i, s.n - i);
    put_z(l, i < s.n ? "\xE2\x80\xA6\"" : "\"");
}

/* A whole member or nothing: a member that does not fit is taken back. */
static bool put_member(struct line *l, const struct pal_log_field *f)
{
    size_t before = l->n;
    put_z(l, l->n > 1 ? "," : "");
    put_string(l, pal_str_of(f->name));
    put_z(l, ":");
    if (f->kind == PAL_LOG_INT) {
        char digits[24];
        (void)snprintf(digits, sizeof digits, "%lld", (long long)f->i);
        put_z(l, digits);
    } else if (f->s.p) {
        put_string(l, f->s);
    } else {
        put_z(l, "null");
    }
    if (!l->full)
        return true;
    l->full = false;
    l->n = before;
    return false;
}

static void put_fields(struct line *l, const struct pal_log_field *fields)
{
    bool truncated = false;
    for (const struct pal_log_field *f = fields; f->kind != PAL_LOG_END; f++)
        truncated |= !put_member(l, f);
    l->max = LINE_BYTES;
    put_z(l, truncated ? ",\"truncated\":true}\n" : "}\n");
}

void pal_log_write(enum pal_level level, const char *event, const struct pal_log_field *fields)
{
    if ((int)level < atomic_load_explicit(&threshold, memory_order_relaxed))
        return;
    struct line l;
    l.n = 0;
    l.max = LINE_BYTES - TAIL_BYTES;
    l.full = false;
    char now[PAL_ISO_LEN + 1];
    pal_iso_format(pal_now_ms(), now);
    put_z(&l, "{");
    (void)put_member(&l, &PAL_LS("time", now));
    (void)put_member(&l, &PAL_LS("level", level_names[level]));
    (void)put_member(&l, &PAL_LS("service", service_name));
    (void)put_member(&l, &PAL_LS("event", event));
    put_fields(&l, fields);
    int saved = errno; /* logging must not change what the caller is about to look at */
    while (write(STDERR_FILENO, l.p, l.n) < 0 && errno == EINTR)
        ;
    errno = saved;
}

void pal_log_error(enum pal_level level, const char *event, const struct pal_error *err)
{
    struct pal_log_field fields[2 + PAL_ERROR_FIELDS_MAX + 1] = {{0}};
    size_t n = 0;
    fields[n++] = PAL_LS("code", err->def ? err->def->name : NULL);
    fields[n++] = PAL_LS("detail", err->detail);
    for (size_t i = 0; i < err->n_fields; i++)
        fields[n++] = PAL_LS(err->fields[i].pointer, err->fields[i].detail);
    fields[n].kind = PAL_LOG_END;
    pal_log_write(level, event, fields);
}
