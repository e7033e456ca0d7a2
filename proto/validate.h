/* Checks JSON against the catalogue. Every wrong field is named; unknown fields are refused by
 * name. Any thread; no allocation beyond what jansson does for defaults. */
#ifndef PAL_PROTO_VALIDATE_H
#define PAL_PROTO_VALIDATE_H

#include "base/code.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "proto/types.h"

/* Checks `value` (an object) and fills in defaults of absent optional fields.
 * PAL_INVALID with pal_err_request_invalid and one entry per wrong field. */
enum pal_code pal_validate(const struct pal_object *desc, json_t *value,
                           struct pal_error *err) PAL_MUST_USE;

/* Parses and validates a whole body. *out is a new reference. An empty text stands for {}. */
enum pal_code pal_validate_text(const struct pal_object *desc, struct pal_str text, json_t **out,
                                struct pal_error *err) PAL_MUST_USE;

/* Converts the text of a path or query parameter to the JSON type of `field` and adds it to `into`.
 */
enum pal_code pal_validate_param(const struct pal_field *field, struct pal_str text, json_t *into,
                                 struct pal_error *err) PAL_MUST_USE;

/* The problem document (RFC 9457) for err:
 * {"type","title","status","detail","code","request_id","errors"[],members…} */
void pal_problem_write(const struct pal_error *err, struct pal_str request_id, struct pal_buf *out);

#endif
