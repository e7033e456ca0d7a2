/* Bounds around jansson. Depth is counted before jansson's recursive parser sees the text. */
#include "base/json.h"

#include "base/limits.h"

#include <stdio.h>

enum { WHY_BYTES = 80 };

/* Skips the string whose opening quote stands at *i; false with a NUL escape in it. An unfinished
 * string is left to jansson. */
static bool skip_string(struct pal_str text, size_t *i)
{
    for (++*i; *i < text.n; ++*i) {
        if (text.p[*i] == '"')
            return true;
        if (text.p[*i] != '\\')
            continue;
        ++*i; /* whatever is escaped is not a quote */
        if (pal_str_starts((struct pal_str){text.p + *i, text.n - *i}, PAL_STR("u0000")))
            return false;
    }
    return true;
}

static const char *prescan(struct pal_str text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"') {
            if (!skip_string(text, &i))
                return "\\u0000 is not allowed";
        } else if (c == '[' || c == '{') {
            if (++depth > PAL_JSON_DEPTH_MAX)
                return "nested too deeply";
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return NULL;
}

json_t *pal_json_parse(struct pal_str text, char why[80])
{
    const char *refused = text.n == 0                   ? "empty"
                          : !pal_utf8_valid(text, true) ? "not UTF-8"
                                                        : prescan(text);
    if (refused) {
        (void)snprintf(why, WHY_BYTES, "%s", refused);
        return NULL;
    }
    json_error_t error;
    json_t *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!v) /* jansson's text may quote the input: cut it to the part before */
        (void)snprintf(why, WHY_BYTES, "%.*s at byte %d", (int)strcspn(error.text, "'\""),
                       error.text, error.position);
    return v;
}

static int append(const char *p, size_t n, void *arg)
{
    struct pal_buf *out = arg;
    pal_buf_add(out, p, n);
    return out->failed ? -1 : 0;
}

bool pal_json_dump(const json_t *v, struct pal_buf *out)
{
    return !out->failed && json_dump_callback(v, append, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

int64_t pal_json_int(const json_t *o, const char *key, int64_t fallback)
{
    const json_t *v = json_object_get(o, key);
    return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool pal_json_bool(const json_t *o, const char *key, bool fallback)
{
    const json_t *v = json_object_get(o, key);
    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

struct pal_str pal_json_str(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_string(v))
        return (struct pal_str){NULL, 0};
    return (struct pal_str){json_string_value(v), json_string_length(v)};
}

bool pal_json_has(const json_t *o, const char *key)
{
    return json_object_get(o, key) != NULL;
}
