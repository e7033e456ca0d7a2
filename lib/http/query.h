/* Paths and queries of request targets (RFC 3986, application/x-www-form-urlencoded): sans-IO,
 * bounded, fuzzed. */
#ifndef PAL_HTTP_QUERY_H
#define PAL_HTTP_QUERY_H

#include "base/arena.h"
#include "base/code.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAL_QUERY_PARAMS_MAX = 32 };

struct pal_query_param {
    struct pal_str name, value; /* decoded, valid UTF-8, without NUL; in the arena */
};
struct pal_query {
    struct pal_query_param params[PAL_QUERY_PARAMS_MAX];
    size_t n;
};

/* Decodes %XX (and '+' as a space where plus is true). False: a broken escape, NUL, or not UTF-8.
 */
bool pal_percent_decode(struct pal_str in, bool plus, struct pal_arena *arena,
                        struct pal_str *out) PAL_MUST_USE;

/* Parses what follows the '?'. False: a broken escape, not UTF-8, more than PAL_QUERY_PARAMS_MAX
 * parameters, or one given twice. Empty pieces are passed over; a name without '=' has an empty
 * value. */
bool pal_query_parse(struct pal_str text, struct pal_arena *arena,
                     struct pal_query *out) PAL_MUST_USE;

/* {NULL, 0}: absent. */
struct pal_str pal_query_get(const struct pal_query *q, struct pal_str name);

/* A path as it may be matched and logged: begins with '/', each segment decodes to UTF-8 without
 * NUL, '/' or control characters, and is not "." or "..". Pure check; the path stays encoded. */
bool pal_path_ok(struct pal_str path);

#endif
