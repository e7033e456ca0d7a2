/* The validator: walks the descriptor and the value together and names every wrong field by its
 * JSON pointer. Recursion is as deep as the descriptor at most, and reports stop when the error is
 * full, so that work is bounded by the size of the body. Any thread. */
#include "proto/validate.h"

#include "base/limits.h"
#include "gen/catalogue.h"
#include "proto/check_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* One run over one value. */
struct check {
    struct pal_error *err; /* may be NULL */
    unsigned wrong;        /* fields reported */
    bool out_of_memory;
};

/* A pointer as a chain of steps on the stack: written out only when something is wrong. */
struct place {
    const struct place *up; /* NULL: the whole */
    const char *name;       /* member, or NULL: item */
    size_t index;
};

enum { POINTER_MAX = 96 };

static bool done(const struct check *c)
{
    return c->wrong >= PAL_ERROR_FIELDS_MAX || c->out_of_memory;
}

/* Appends a member's name with the escapes of RFC 6901; what is too long is cut. */
static size_t write_name(char *out, size_t n, const char *name)
{
    for (; *name && n + 2 < POINTER_MAX; name++) {
        if (*name == '~' || *name == '/') {
            out[n++] = '~';
            out[n++] = *name == '~' ? '0' : '1';
        } else {
            out[n++] = *name;
        }
    }
    while (*name && n > 0 && ((unsigned char)*name & 0xC0) == 0x80) {
        name--; /* cut inside a character: take back what was written of it */
        n--;
    }
    out[n] = '\0';
    return n;
}

static size_t write_place(char *out, const struct place *at)
{
    if (!at) {
        out[0] = '\0';
        return 0;
    }
    size_t n = write_place(out, at->up);
    if (n + 24 >= POINTER_MAX)
        return n;
    out[n++] = '/';
    if (at->name)
        return write_name(out, n, at->name);
    return n + (size_t)snprintf(out + n, POINTER_MAX - n, "%zu", at->index);
}

static void PAL_PRINTF(3, 4) wrong(struct check *c, const struct place *at, const char *fmt, ...)
{
    char pointer[POINTER_MAX];
    char detail[sizeof((struct pal_error_field *)0)->detail];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(detail, sizeof detail, fmt, args);
    va_end(args);
    (void)write_place(pointer, at);
    pal_error_field(c->err, pointer, "%s", detail);
    c->wrong++;
}

static void check_object(struct check *c, const struct place *at, const struct pal_object *desc,
                         json_t *value);
static void check_value(struct check *c, const struct place *at, const struct pal_field *field,
                        json_t *value);

static void check_integer(struct check *c, const struct place *at, const struct pal_field *field,
                          const json_t *value)
{
    if (!json_is_integer(value)) {
        wrong(c, at, "must be an integer");
        return;
    }
    json_int_t i = json_integer_value(value);
    if (i < field->min || i > field->max)
        wrong(c, at, "must be from %" PRId64 " to %" PRId64, field->min, field->max);
}

static void check_number(struct check *c, const struct place *at, const struct pal_field *field,
                         const json_t *value)
{
    double x = json_number_value(value);
    if (!json_is_number(value))
        wrong(c, at, "must be a number");
    else if (x < (double)field->min || x > (double)field->max)
        wrong(c, at, "must be from %" PRId64 " to %" PRId64, field->min, field->max);
}

static void check_count(struct check *c, const struct place *at, const struct pal_field *field,
                        size_t n, const char *what)
{
    if ((int64_t)n < field->min)
        wrong(c, at, "must have at least %" PRId64 " %s", field->min, what);
    else if ((int64_t)n > field->max)
        wrong(c, at, "must have at most %" PRId64 " %s", field->max, what);
}

static void check_enum(struct check *c, const struct place *at, const struct pal_field *field,
                       struct pal_str text)
{
    char list[90] = "";
    size_t n = 0;
    for (const char *const *v = field->enum_values; *v; v++) {
        if (pal_str_eq(pal_str_of(*v), text))
            return;
        int more = snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "", *v);
        n = n + (size_t)more < sizeof list ? n + (size_t)more : sizeof list - 1;
    }
    wrong(c, at, "must be one of %s", list);
}

static void check_string(struct check *c, const struct place *at, const struct pal_field *field,
                         struct pal_str text)
{
    const char *why = pal_check_characters(text, field->flags & PAL_FIELD_MULTILINE);
    if (field->enum_values)
        check_enum(c, at, field, text);
    else if (why)
        wrong(c, at, "%s", why);
    else
        check_count(c, at, field, pal_utf8_length(text), "characters");
}

static void check_email(struct check *c, const struct place *at, const struct pal_field *field,
                        struct pal_str text)
{
    const char *why = pal_check_email(text);
    if (why)
        wrong(c, at, "%s", why);
    else
        check_count(c, at, field, text.n, "characters");
}

static void check_text(struct check *c, const struct place *at, const struct pal_field *field,
                       const json_t *value)
{
    if (!json_is_string(value)) {
        wrong(c, at, "must be a string");
        return;
    }
    struct pal_str text = {json_string_value(value), json_string_length(value)};
    const char *why = NULL;
    if (field->type == PAL_F_STRING)
        check_string(c, at, field, text);
    else if (field->type == PAL_F_EMAIL)
        check_email(c, at, field, text);
    else
        why = field->type == PAL_F_UUID ? pal_check_uuid(text) : pal_check_time(text);
    if (why)
        wrong(c, at, "%s", why);
}

static void check_array(struct check *c, const struct place *at, const struct pal_field *field,
                        const json_t *value)
{
    if (!json_is_array(value)) {
        wrong(c, at, "must be an array");
        return;
    }
    check_count(c, at, field, json_array_size(value), "items");
    for (size_t i = 0; i < json_array_size(value) && !done(c); i++) {
        struct place item = {at, NULL, i};
        check_value(c, &item, field->item, json_array_get(value, i));
    }
}

static void check_map(struct check *c, const struct place *at, const struct pal_field *field,
                      json_t *value)
{
    if (!json_is_object(value)) {
        wrong(c, at, "must be an object with ids as keys");
        return;
    }
    check_count(c, at, field, json_object_size(value), "entries");
    for (void *it = json_object_iter(value); it && !done(c);
         it = json_object_iter_next(value, it)) {
        struct place entry = {at, json_object_iter_key(it), 0};
        const json_t *number = json_object_iter_value(it);
        const char *why = pal_check_id_key(pal_str_of(entry.name));
        if (why)
            wrong(c, at, "%s", why);
        else if (!json_is_integer(number) || json_integer_value(number) < 0 ||
                 json_integer_value(number) > PAL_ID_MAX)
            wrong(c, &entry, "must be an integer from 0 to %" PRId64, PAL_ID_MAX);
    }
}

static void check_value(struct check *c, const struct place *at, const struct pal_field *field,
                        json_t *value)
{
    if (json_is_null(value)) {
        if (!(field->flags & PAL_FIELD_NULLABLE))
            wrong(c, at, "must not be null");
        return;
    }
    switch (field->type) {
    case PAL_F_INTEGER:
        check_integer(c, at, field, value);
        break;
    case PAL_F_NUMBER:
        check_number(c, at, field, value);
        break;
    case PAL_F_BOOLEAN:
        if (!json_is_boolean(value))
            wrong(c, at, "must be true or false");
        break;
    case PAL_F_STRING:
    case PAL_F_UUID:
    case PAL_F_TIME:
    case PAL_F_EMAIL:
        check_text(c, at, field, value);
        break;
    case PAL_F_OBJECT:
        check_object(c, at, field->object, value);
        break;
    case PAL_F_ARRAY:
        check_array(c, at, field, value);
        break;
    case PAL_F_MAP:
        check_map(c, at, field, value);
        break;
    }
}

static const struct pal_field *find_field(const struct pal_object *desc, const char *name)
{
    for (size_t i = 0; i < desc->n; i++)
        if (strcmp(desc->fields[i].name, name) == 0)
            return &desc->fields[i];
    return NULL;
}

static void check_unknown(struct check *c, const struct place *at, const struct pal_object *desc,
                          json_t *value)
{
    for (void *it = json_object_iter(value); it && !done(c);
         it = json_object_iter_next(value, it)) {
        struct place member = {at, json_object_iter_key(it), 0};
        if (!find_field(desc, member.name))
            wrong(c, &member, "is not known here");
    }
}

static void fill_in(struct check *c, const struct pal_field *field, json_t *into)
{
    json_t *value = json_loads(field->fallback, JSON_DECODE_ANY, NULL);
    if (json_object_set_new(into, field->name, value) != 0)
        c->out_of_memory = true;
}

static void check_object(struct check *c, const struct place *at, const struct pal_object *desc,
                         json_t *value)
{
    if (!json_is_object(value)) {
        wrong(c, at, "must be an object");
        return;
    }
    for (size_t i = 0; i < desc->n && !done(c); i++) {
        const struct pal_field *field = &desc->fields[i];
        struct place member = {at, field->name, 0};
        json_t *found = json_object_get(value, field->name);
        if (found)
            check_value(c, &member, field, found);
        else if (field->flags & PAL_FIELD_REQUIRED)
            wrong(c, &member, "is missing");
        else if (field->fallback)
            fill_in(c, field, value);
    }
    if (!desc->open)
        check_unknown(c, at, desc, value);
}

static enum pal_code verdict(const struct check *c)
{
    if (c->out_of_memory)
        return pal_error_set(c->err, &pal_err_service_unavailable, "out of memory");
    if (c->wrong == 0)
        return PAL_OK;
    return pal_error_set(c->err, &pal_err_request_invalid, "%s",
                         c->wrong == 1 ? "One field is wrong." : "Several fields are wrong.");
}

enum pal_code pal_validate(const struct pal_object *desc, json_t *value, struct pal_error *err)
{
    struct check c = {.err = err};
    check_object(&c, NULL, desc, value);
    return verdict(&c);
}

enum pal_code pal_validate_text(const struct pal_object *desc, struct pal_str text, json_t **out,
                                struct pal_error *err)
{
    char why[80];
    json_t *value = text.n == 0 ? json_object() : pal_json_parse(text, why);
    if (!value && text.n == 0)
        return pal_error_set(err, &pal_err_service_unavailable, "out of memory");
    if (!value)
        return pal_error_set(err, &pal_err_request_malformed, "The JSON is %s.", why);
    enum pal_code code = pal_validate(desc, value, err);
    if (code == PAL_OK)
        *out = value;
    else
        json_decref(value);
    return code;
}
