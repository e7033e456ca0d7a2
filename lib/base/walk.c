/* Where values end, and what is between them. */
#include "base/walk.h"

#include "base/json.h"

#include <stddef.h>

static void skip_space(struct pal_walk *w)
{
    while (w->p < w->end && (*w->p == ' ' || *w->p == '\n' || *w->p == '\t' || *w->p == '\r'))
        w->p++;
}

static bool fail(struct pal_walk *w)
{
    w->failed = w->over = true;
    return false;
}

/* After the string whose opening quote stands at p; NULL: it does not end. */
static const char *after_string(const char *p, const char *end)
{
    const char *from = p + 1;
    while ((p = memchr(p + 1, '"', (size_t)(end - p - 1)))) {
        size_t slashes = 0;
        while (p - slashes > from && p[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            return p + 1;
    }
    return NULL;
}

/* After the bracket that ends `depth` objects and arrays that are open at p. */
static const char *after_nest(const char *p, const char *end, size_t depth)
{
    while (p && p < end) {
        if (*p == '"') {
            p = after_string(p, end);
            continue;
        }
        if (*p == '{' || *p == '[')
            depth++;
        else if ((*p == '}' || *p == ']') && --depth == 0)
            return p + 1;
        p++;
    }
    return NULL;
}

static const char *after_plain(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && !strchr(",]} \n\t\r", *p))
        p++;
    return p > from ? p : NULL;
}

bool pal_walk_value(struct pal_walk *w, struct pal_str *value)
{
    skip_space(w);
    if (w->p == w->end)
        return fail(w);
    const char *from = w->p;
    const char *to = *from == '"'                   ? after_string(from, w->end)
                     : *from == '{' || *from == '[' ? after_nest(from + 1, w->end, 1)
                                                    : after_plain(from, w->end);
    if (!to)
        return fail(w);
    *value = (struct pal_str){from, (size_t)(to - from)};
    w->p = to;
    return true;
}

/* Past the comma; false at the closing bracket. */
static bool at_next(struct pal_walk *w, char close)
{
    if (w->over)
        return false;
    skip_space(w);
    if (w->p < w->end && *w->p == ',') {
        w->p++;
        skip_space(w);
    }
    if (w->p == w->end)
        return fail(w);
    w->over = *w->p == close;
    return !w->over;
}

void pal_walk_begin(struct pal_walk *w, struct pal_str value)
{
    *w = (struct pal_walk){.p = value.p, .end = value.p ? value.p + value.n : NULL};
    if (w->p)
        skip_space(w);
    if (w->p == w->end || (*w->p != '{' && *w->p != '['))
        fail(w);
    else
        w->p++;
}

bool pal_walk_key(struct pal_walk *w, struct pal_str *key)
{
    if (!at_next(w, '}'))
        return false;
    if (*w->p != '"' || !pal_walk_value(w, key))
        return fail(w);
    key->p++;
    key->n -= 2;
    skip_space(w);
    if (w->p == w->end || *w->p != ':')
        return fail(w);
    w->p++;
    return true;
}

bool pal_walk_next(struct pal_walk *w)
{
    return at_next(w, ']');
}

void pal_walk_enter(const struct pal_walk *w, struct pal_walk *inner)
{
    pal_walk_begin(inner, (struct pal_str){w->p, (size_t)(w->end - w->p)});
}

bool pal_walk_leave(struct pal_walk *w, const struct pal_walk *inner)
{
    const char *to = inner->failed ? NULL : after_nest(inner->p, inner->end, 1);
    if (!to)
        return fail(w);
    w->p = to;
    return true;
}

bool pal_walk_member(struct pal_walk *w, struct pal_str *key, struct pal_str *value)
{
    return pal_walk_key(w, key) && pal_walk_value(w, value);
}

bool pal_walk_element(struct pal_walk *w, struct pal_str *value)
{
    return pal_walk_next(w) && pal_walk_value(w, value);
}

int64_t pal_raw_int(struct pal_str raw)
{
    int64_t v = 0;
    return pal_parse_i64(raw, &v) ? v : 0;
}

uint64_t pal_raw_id(struct pal_str raw)
{
    int64_t v = pal_raw_int(raw);
    return v > 0 ? (uint64_t)v : 0;
}

struct pal_str pal_raw_text(struct pal_str raw, struct pal_arena *arena)
{
    struct pal_str none = {NULL, 0};
    if (raw.n < 2 || raw.p[0] != '"')
        return none;
    if (!memchr(raw.p, '\\', raw.n))
        return (struct pal_str){raw.p + 1, raw.n - 2};
    char why[80];
    json_t *v = pal_json_parse(raw, why);
    struct pal_str text = {json_string_value(v), v ? json_string_length(v) : 0};
    char *copy = text.p ? pal_arena_strdup(arena, text) : NULL;
    json_decref(v);
    return copy ? (struct pal_str){copy, text.n} : none;
}
