/* Configuration: environment variables only, one table per service, every error reported at once.
 * NAME_FILE=path is accepted for every NAME: the value is the file's content without trailing
 * newline. */
#ifndef PAL_BASE_CONFIG_H
#define PAL_BASE_CONFIG_H

#include "base/buf.h"
#include "base/code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pal_config_kind {
    PAL_CFG_STR,      /* char *: owned by the config */
    PAL_CFG_SECRET,   /* the same, shown as *** */
    PAL_CFG_INT,      /* int64_t within min..max */
    PAL_CFG_BOOL,     /* bool */
    PAL_CFG_DURATION, /* int64_t milliseconds; written 500ms, 15s, 10m, 24h, 30d */
    PAL_CFG_SIZE      /* int64_t bytes; written 4096, 64k, 20M, 2G */
};

struct pal_config_item {
    const char *name; /* PALIQUE_… */
    enum pal_config_kind kind;
    size_t offset;        /* of the member in the configuration struct */
    const char *fallback; /* NULL: required */
    int64_t min, max;     /* INT, DURATION, SIZE; both 0: unbounded */
    const char *help;
};

#define PAL_CFG(type, member, kind, name, fallback, min, max, help)              \
    {                                                                            \
        (name), (kind), offsetof(type, member), (fallback), (min), (max), (help) \
    }

/* Reads the environment into *conf. All problems, one a line, go to *problems; PAL_INVALID if any.
 * Unknown PALIQUE_* variables are not an error (services share an environment). */
enum pal_code pal_config_load(const struct pal_config_item *items, size_t n, void *conf,
                              struct pal_buf *problems) PAL_MUST_USE;
void pal_config_free(const struct pal_config_item *items, size_t n, void *conf);
/* NAME=value per line with secrets masked. */
void pal_config_show(const struct pal_config_item *items, size_t n, const void *conf,
                     struct pal_buf *out);
/* The table as GitHub Markdown rows, for the generated docs/configuration. */
void pal_config_table(const struct pal_config_item *items, size_t n, struct pal_buf *out);

#endif
