/* The header guard: what libmicrohttpd lets pass and must not (request smuggling, RFC 9112 §6.3,
 * §3.2). Pure: headers in, verdict out. */
#ifndef PAL_HTTP_GUARD_H
#define PAL_HTTP_GUARD_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_guard {
    const char *why; /* the first thing that is wrong; NULL: nothing so far */
    unsigned seen;   /* bit per header that may come once only */
    bool chunked;
    bool has_length;
    uint64_t length;
    size_t n;
};

void pal_guard_header(struct pal_guard *g, struct pal_str name, struct pal_str value);
/* After the last header: NULL when all is well, else what is wrong. */
const char *pal_guard_verdict(const struct pal_guard *g, bool http11);

#endif
