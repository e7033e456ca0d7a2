/* What went wrong, in enough detail to answer the caller (RFC 9457) and to write one log line.
 * Values only: a struct pal_error can be copied, lives on the stack or inside a call, owns nothing.
 */
#ifndef PAL_BASE_ERROR_H
#define PAL_BASE_ERROR_H

#include "base/code.h"

#include <stddef.h>
#include <stdint.h>

/* One entry of proto/errors.json; the instances are generated (gen/catalogue.h). Constant. */
struct pal_err_def {
    const char *name;   /* stable dotted code, e.g. "channel.muted" */
    const char *title;  /* short human text, English */
    uint16_t status;    /* HTTP status, also the status of a bus reply */
    enum pal_code code; /* class */
};

enum { PAL_ERROR_DETAIL_MAX = 240, PAL_ERROR_FIELDS_MAX = 8, PAL_ERROR_MEMBERS_MAX = 3 };

struct pal_error_field {
    char pointer[96]; /* JSON pointer of the field (RFC 6901), e.g. "/content" */
    char detail[120]; /* what is wrong with it */
};

struct pal_error_member {
    char name[24];   /* extension member of the problem document, e.g. "expires_at" */
    char value[104]; /* always a string in JSON */
};

struct pal_error {
    const struct pal_err_def *def; /* NULL: no error */
    char detail[PAL_ERROR_DETAIL_MAX];
    struct pal_error_field fields[PAL_ERROR_FIELDS_MAX];
    struct pal_error_member members[PAL_ERROR_MEMBERS_MAX];
    uint8_t n_fields;
    uint8_t n_members;
    uint32_t retry_after_ms; /* 0: not said */
};

/* Forgets what was there. */
void pal_error_clear(struct pal_error *err);

/* Sets the reason and its detail (printf, cut at PAL_ERROR_DETAIL_MAX); returns def->code, so that
 * `return pal_error_set(err, &pal_err_x, "…")` reads well. err may be NULL. */
enum pal_code pal_error_set(struct pal_error *err, const struct pal_err_def *def, const char *fmt,
                            ...) PAL_PRINTF(3, 4);

/* Adds one wrong field; silently full after PAL_ERROR_FIELDS_MAX. */
void pal_error_field(struct pal_error *err, const char *pointer, const char *fmt, ...)
    PAL_PRINTF(3, 4);

/* Adds an extension member. */
void pal_error_member(struct pal_error *err, const char *name, const char *value);

#endif
