/* jansson with bounds: the only way JSON from outside is parsed. Any thread. */
#ifndef PAL_BASE_JSON_H
#define PAL_BASE_JSON_H

#include "base/buf.h"
#include "base/code.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>

/* Parses one JSON value: depth <= PAL_JSON_DEPTH_MAX is checked before jansson sees it, duplicate
 * keys, NUL escapes (\u0000) and invalid UTF-8 are refused. NULL on error with a short reason in
 * why[80]. */
json_t *pal_json_parse(struct pal_str text, char why[80]) PAL_MUST_USE;

/* Appends compact JSON. False when the buffer is full. */
bool pal_json_dump(const json_t *v, struct pal_buf *out);

/* Reading members of an object that was validated: absent or null gives the fallback. */
int64_t pal_json_int(const json_t *o, const char *key, int64_t fallback);
bool pal_json_bool(const json_t *o, const char *key, bool fallback);
/* Borrowed from o; {NULL, 0} when absent or null. */
struct pal_str pal_json_str(const json_t *o, const char *key);
bool pal_json_has(const json_t *o, const char *key); /* present, null included */

#endif
