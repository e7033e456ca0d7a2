/* Showing a configuration: as it was read, with secrets masked, and as a table for the
 * documentation. */
#include "base/config.h"

#include "base/str.h"

#include <inttypes.h>

static const char *kind_name(enum pal_config_kind kind)
{
    static const char *const names[] = {
        [PAL_CFG_STR] = "text",         [PAL_CFG_SECRET] = "secret",     [PAL_CFG_INT] = "integer",
        [PAL_CFG_BOOL] = "true, false", [PAL_CFG_DURATION] = "duration", [PAL_CFG_SIZE] = "size"};
    return names[kind];
}

/* The largest unit that divides the value: what an operator would have written. */
static void show_unit(struct pal_buf *out, int64_t value, const char *const *suffixes,
                      const int64_t *steps, size_t n)
{
    size_t unit = 0;
    while (unit < n && value != 0 && value % steps[unit] == 0)
        value /= steps[unit++];
    pal_buf_printf(out, "%" PRId64 "%s", value, suffixes[unit]);
}

static void show_number(struct pal_buf *out, enum pal_config_kind kind, int64_t value)
{
    static const char *const duration[] = {"ms", "s", "m", "h", "d"};
    static const int64_t duration_steps[] = {1000, 60, 60, 24};
    static const char *const size[] = {"", "k", "M", "G"};
    static const int64_t size_steps[] = {1024, 1024, 1024};
    if (kind == PAL_CFG_DURATION)
        show_unit(out, value, duration, duration_steps, 4);
    else if (kind == PAL_CFG_SIZE)
        show_unit(out, value, size, size_steps, 3);
    else
        pal_buf_printf(out, "%" PRId64, value);
}

/* One line stays one line, whatever the value holds. */
static void show_text(struct pal_buf *out, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++)
        pal_buf_char(out, (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c);
}

static void show_value(const struct pal_config_item *item, const void *conf, struct pal_buf *out)
{
    const char *member = (const char *)conf + item->offset;
    if (item->kind == PAL_CFG_STR || item->kind == PAL_CFG_SECRET) {
        char *text;
        memcpy(&text, member, sizeof text);
        show_text(out, item->kind == PAL_CFG_SECRET && text && text[0] ? "***" : text);
    } else if (item->kind == PAL_CFG_BOOL) {
        bool flag;
        memcpy(&flag, member, sizeof flag);
        pal_buf_z(out, flag ? "true" : "false");
    } else {
        int64_t value;
        memcpy(&value, member, sizeof value);
        show_number(out, item->kind, value);
    }
}

void pal_config_show(const struct pal_config_item *items, size_t n, const void *conf,
                     struct pal_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        pal_buf_printf(out, "%s=", items[i].name);
        show_value(&items[i], conf, out);
        pal_buf_char(out, '\n');
    }
}

/* A `|` would end the table's cell. */
static void add_cell(struct pal_buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '|')
            pal_buf_char(out, '\\');
        pal_buf_char(out, *c == '\n' ? ' ' : *c);
    }
}

static void add_range(struct pal_buf *out, const struct pal_config_item *item)
{
    if (item->min == 0 && item->max == 0)
        return;
    pal_buf_z(out, ", ");
    show_number(out, item->kind, item->min);
    pal_buf_z(out, " to ");
    show_number(out, item->kind, item->max);
}

void pal_config_table(const struct pal_config_item *items, size_t n, struct pal_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct pal_config_item *item = &items[i];
        pal_buf_printf(out, "| `%s` | %s", item->name, kind_name(item->kind));
        add_range(out, item);
        pal_buf_z(out, " | ");
        if (!item->fallback) {
            pal_buf_z(out, "required");
        } else if (item->fallback[0]) {
            pal_buf_char(out, '`');
            add_cell(out, item->fallback);
            pal_buf_char(out, '`');
        }
        pal_buf_z(out, " | ");
        add_cell(out, item->help);
        pal_buf_z(out, " |\n");
    }
}
