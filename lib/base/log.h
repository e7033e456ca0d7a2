/* Structured log: one JSON line per entry on standard error, written with one write(2). Any thread.
 * {"time":…,"level":"info","service":"chat","event":"…","trace":…, fields…}
 * Secrets and tokens never go in: a field is what the caller names, nothing is logged by default.
 */
#ifndef PAL_BASE_LOG_H
#define PAL_BASE_LOG_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

enum pal_level { PAL_DEBUG, PAL_INFO, PAL_WARN, PAL_ERROR };

/* Once, before threads start. service: static string. */
void pal_log_init(const char *service, enum pal_level level);
void pal_log_level_set(enum pal_level level);
bool pal_level_parse(struct pal_str s, enum pal_level *out);

struct pal_log_field {
    const char *name;
    enum { PAL_LOG_END, PAL_LOG_STR, PAL_LOG_INT } kind;
    struct pal_str s;
    int64_t i;
};

#define PAL_LS(name, z) ((struct pal_log_field){(name), PAL_LOG_STR, pal_str_of(z), 0})
#define PAL_LI(name, v) ((struct pal_log_field){(name), PAL_LOG_INT, {0, 0}, (int64_t)(v)})

/* event: a stable short phrase ("listening", "request failed"). Fields end at the last argument:
 * pal_log(PAL_INFO, "listening", PAL_LS("address", a), PAL_LI("port", p)); */
#define pal_log(level, event, ...) \
    pal_log_write(                 \
        (level), (event),          \
        (const struct pal_log_field[]){__VA_ARGS__ __VA_OPT__(, ){0, PAL_LOG_END, {0, 0}, 0}})
void pal_log_write(enum pal_level level, const char *event, const struct pal_log_field *fields);

/* The error's code, detail and fields as one line. */
void pal_log_error(enum pal_level level, const char *event, const struct pal_error *err);

#endif
