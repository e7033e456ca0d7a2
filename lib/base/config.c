/* Reading the environment by table. Every problem is reported, not only the first, because an
 * operator fixes them all at once. Values are taken whole or not at all. */
#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 64 << 10, NAME_BYTES = 96 };

struct unit {
    const char *suffix;
    int64_t factor;
};

static const struct unit durations[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
static const struct unit sizes[] = {{"", 1}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}};

/* Digits and a unit of the table, nothing else. */
static bool parse_unit(struct pal_str s, const struct unit *units, size_t n, int64_t *out)
{
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
        digits++;
    int64_t number;
    if (!pal_parse_i64((struct pal_str){s.p, digits}, &number))
        return false;
    struct pal_str suffix = {s.p + digits, s.n - digits};
    for (size_t i = 0; i < n; i++)
        if (pal_str_caseeq(suffix, pal_str_of(units[i].suffix)))
            return !__builtin_mul_overflow(number, units[i].factor, out);
    return false;
}

static bool parse_number(enum pal_config_kind kind, struct pal_str s, int64_t *out)
{
    if (kind == PAL_CFG_DURATION)
        return parse_unit(s, durations, sizeof durations / sizeof durations[0], out);
    if (kind == PAL_CFG_SIZE)
        return parse_unit(s, sizes, sizeof sizes / sizeof sizes[0], out);
    return pal_parse_i64(s, out);
}

static const char *expected(enum pal_config_kind kind)
{
    switch (kind) {
    case PAL_CFG_DURATION:
        return "a duration such as 500ms, 15s, 10m, 24h or 30d";
    case PAL_CFG_SIZE:
        return "a size such as 4096, 64k, 20M or 2G";
    case PAL_CFG_BOOL:
        return "true or false";
    case PAL_CFG_INT:
    case PAL_CFG_STR:
    case PAL_CFG_SECRET:
        break;
    }
    return "an integer";
}

static enum pal_code store_text(const struct pal_config_item *item, void *conf,
                                struct pal_str value)
{
    char *copy = malloc(value.n + 1);
    if (!copy)
        return PAL_INTERNAL;
    memcpy(copy, value.p, value.n);
    copy[value.n] = '\0';
    *(char **)(void *)((char *)conf + item->offset) = copy;
    return PAL_OK;
}

static enum pal_code store_number(const struct pal_config_item *item, void *conf,
                                  struct pal_str value, struct pal_buf *problems)
{
    int64_t number;
    if (!parse_number(item->kind, value, &number)) {
        pal_buf_printf(problems, "%s: must be %s\n", item->name, expected(item->kind));
        return PAL_INVALID;
    }
    if ((item->min != 0 || item->max != 0) && (number < item->min || number > item->max)) {
        pal_buf_printf(problems, "%s: must be between %lld and %lld\n", item->name,
                       (long long)item->min, (long long)item->max);
        return PAL_INVALID;
    }
    memcpy((char *)conf + item->offset, &number, sizeof number);
    return PAL_OK;
}

static enum pal_code store(const struct pal_config_item *item, void *conf, struct pal_str value,
                           struct pal_buf *problems)
{
    if (item->kind == PAL_CFG_STR || item->kind == PAL_CFG_SECRET)
        return store_text(item, conf, value);
    if (item->kind != PAL_CFG_BOOL)
        return store_number(item, conf, value, problems);
    bool flag;
    if (!pal_parse_bool(value, &flag)) {
        pal_buf_printf(problems, "%s: must be %s\n", item->name, expected(item->kind));
        return PAL_INVALID;
    }
    memcpy((char *)conf + item->offset, &flag, sizeof flag);
    return PAL_OK;
}

/* The whole file into out; false with errno set. */
static bool read_file(const char *path, struct pal_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = 1;
    while (got > 0) {
        char part[4096];
        got = read(fd, part, sizeof part);
        if (got > 0)
            pal_buf_add(out, part, (size_t)got);
        explicit_bzero(part, sizeof part); /* it may be a secret */
        if (out->failed) {
            errno = EFBIG;
            got = -1;
        }
    }
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return got == 0;
}

static struct pal_str without_newline(struct pal_str s)
{
    if (s.n > 0 && s.p[s.n - 1] == '\n')
        s.n--;
    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

static enum pal_code load_file(const struct pal_config_item *item, const char *path, void *conf,
                               struct pal_buf *problems)
{
    enum pal_code code = PAL_INVALID;
    struct pal_buf content;
    pal_buf_init(&content, FILE_BYTES_MAX);
    if (!read_file(path, &content)) {
        pal_buf_printf(problems, "%s_FILE: cannot read %s: %s\n", item->name, path,
                       strerror(errno));
    } else {
        struct pal_str value = without_newline(pal_buf_view(&content));
        if (value.n == 0 || memchr(value.p, '\0', value.n))
            pal_buf_printf(problems, "%s_FILE: %s is empty or holds a NUL\n", item->name, path);
        else
            code = store(item, conf, value, problems);
    }
    if (content.p)
        explicit_bzero(content.p, content.cap);
    pal_buf_fini(&content);
    return code;
}

/* An empty variable counts as not set: that is what `NAME=${NAME:-}` in a compose file means. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

static enum pal_code load_item(const struct pal_config_item *item, void *conf,
                               struct pal_buf *problems)
{
    char file_name[NAME_BYTES];
    (void)snprintf(file_name, sizeof file_name, "%s_FILE", item->name);
    const char *value = environment(item->name);
    const char *path = environment(file_name);
    if (value && path) {
        pal_buf_printf(problems, "%s: set together with %s\n", item->name, file_name);
        return PAL_INVALID;
    }
    if (path)
        return load_file(item, path, conf, problems);
    if (!value && !item->fallback) {
        pal_buf_printf(problems, "%s: required: %s\n", item->name, item->help);
        return PAL_INVALID;
    }
    return store(item, conf, pal_str_of(value ? value : item->fallback), problems);
}

enum pal_code pal_config_load(const struct pal_config_item *items, size_t n, void *conf,
                              struct pal_buf *problems)
{
    enum pal_code result = PAL_OK;
    for (size_t i = 0; i < n; i++) {
        enum pal_code code = load_item(&items[i], conf, problems);
        if (result == PAL_OK)
            result = code;
    }
    return result;
}

void pal_config_free(const struct pal_config_item *items, size_t n, void *conf)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind != PAL_CFG_STR && items[i].kind != PAL_CFG_SECRET)
            continue;
        char **member = (char **)(void *)((char *)conf + items[i].offset);
        char *text = *member;
        if (text && items[i].kind == PAL_CFG_SECRET)
            explicit_bzero(text, strlen(text));
        free(text);
        *member = NULL;
    }
}
