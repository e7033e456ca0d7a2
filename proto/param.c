/* Path and query parameters: text becomes the JSON value that its field asks for. What a value may
 * be is checked afterwards, with the rest of the request, by pal_validate. Any thread. */
#include "proto/validate.h"

#include "gen/catalogue.h"

#include <stdio.h>

static json_t *convert(const struct pal_field *field, struct pal_str text, const char **why);

/* Each answers a new value, or NULL: with *why when the text is wrong, without when memory is out.
 */

static json_t *to_integer(struct pal_str text, const char **why)
{
    int64_t i;
    if (pal_parse_i64(text, &i))
        return json_integer(i);
    *why = "must be an integer";
    return NULL;
}

static json_t *to_boolean(struct pal_str text, const char **why)
{
    bool yes;
    if (pal_parse_bool(text, &yes))
        return json_boolean(yes);
    *why = "must be true or false";
    return NULL;
}

static json_t *to_number(struct pal_str text, const char **why)
{
    char reason[80];
    json_t *value = pal_json_parse(text, reason);
    if (json_is_number(value))
        return value;
    json_decref(value);
    *why = "must be a number";
    return NULL;
}

static json_t *to_string(struct pal_str text, const char **why)
{
    if (pal_utf8_valid(text, false))
        return json_stringn_nocheck(text.n ? text.p : "", text.n);
    *why = "must be UTF-8 text";
    return NULL;
}

/* "1,2,3": values that need a comma belong into a body. Empty text is an empty array. */
static json_t *to_array(const struct pal_field *field, struct pal_str text, const char **why)
{
    json_t *array = json_array();
    bool more = text.n > 0;
    while (array && more) {
        struct pal_str head;
        text = pal_str_cut(text, ',', &head);
        more = text.p != NULL;
        if (json_array_append_new(array, convert(field->item, head, why)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *convert(const struct pal_field *field, struct pal_str text, const char **why)
{
    switch (field->type) {
    case PAL_F_INTEGER:
        return to_integer(text, why);
    case PAL_F_NUMBER:
        return to_number(text, why);
    case PAL_F_BOOLEAN:
        return to_boolean(text, why);
    case PAL_F_STRING:
    case PAL_F_UUID:
    case PAL_F_TIME:
    case PAL_F_EMAIL:
        return to_string(text, why);
    case PAL_F_ARRAY:
        return to_array(field, text, why);
    case PAL_F_OBJECT:
    case PAL_F_MAP:
        break; /* the generator lets no such field into a path or query */
    }
    *why = "cannot stand in an address";
    return NULL;
}

static enum pal_code refuse(const struct pal_field *field, const char *why, struct pal_error *err)
{
    char pointer[96];
    (void)snprintf(pointer, sizeof pointer, "/%s", field->name);
    pal_error_field(err, pointer, "%s", why);
    return pal_error_set(err, &pal_err_request_invalid, "A parameter of the address is wrong.");
}

enum pal_code pal_validate_param(const struct pal_field *field, struct pal_str text, json_t *into,
                                 struct pal_error *err)
{
    const char *why = NULL;
    if (json_object_get(into, field->name))
        return refuse(field, "is given more than once", err);
    json_t *value = convert(field, text, &why);
    if (why)
        return refuse(field, why, err);
    if (json_object_set_new(into, field->name, value) != 0) /* refuses NULL too */
        return pal_error_set(err, &pal_err_service_unavailable, "out of memory");
    return PAL_OK;
}
