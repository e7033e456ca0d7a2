/* Decoding of request targets. Everything that is not clearly right is refused. */
#include "http/query.h"

#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Writes the decoded bytes to out, which has room for in.n. Returns their number, or -1 for a
 * broken escape. */
static ptrdiff_t decode_into(struct pal_str in, bool plus, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '%') {
            int high = i + 2 < in.n ? hex_value(in.p[i + 1]) : -1;
            int low = high >= 0 ? hex_value(in.p[i + 2]) : -1;
            if (low < 0)
                return -1;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (plus && c == '+') {
            c = ' ';
        }
        out[n++] = c;
    }
    return (ptrdiff_t)n;
}

bool pal_percent_decode(struct pal_str in, bool plus, struct pal_arena *arena, struct pal_str *out)
{
    char *text = pal_arena_alloc(arena, in.n + 1);
    ptrdiff_t n = text ? decode_into(in, plus, text) : -1;
    if (n < 0 || !pal_utf8_valid((struct pal_str){text, (size_t)n}, false))
        return false;
    *out = (struct pal_str){text, (size_t)n};
    return true;
}

struct pal_str pal_query_get(const struct pal_query *q, struct pal_str name)
{
    for (size_t i = 0; i < q->n; i++) {
        if (pal_str_eq(q->params[i].name, name))
            return q->params[i].value;
    }
    return (struct pal_str){NULL, 0};
}

static bool add_param(struct pal_query *q, struct pal_str piece, struct pal_arena *arena)
{
    struct pal_query_param p;
    struct pal_str name;
    struct pal_str value = pal_str_cut(piece, '=', &name);
    if (q->n == PAL_QUERY_PARAMS_MAX || !pal_percent_decode(name, true, arena, &p.name) ||
        !pal_percent_decode(value, true, arena, &p.value) || pal_query_get(q, p.name).p)
        return false;
    q->params[q->n++] = p;
    return true;
}

bool pal_query_parse(struct pal_str text, struct pal_arena *arena, struct pal_query *out)
{
    out->n = 0;
    while (text.n > 0) {
        struct pal_str piece;
        text = pal_str_cut(text, '&', &piece);
        if (piece.n > 0 && !add_param(out, piece, arena))
            return false;
    }
    return true;
}

static bool segment_ok(struct pal_str segment)
{
    char text[512];
    if (segment.n > sizeof text)
        return false;
    ptrdiff_t n = decode_into(segment, false, text);
    if (n < 0 || !pal_utf8_valid((struct pal_str){text, (size_t)n}, false))
        return false;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (text[i] == '/' || text[i] == '\\' || (unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    }
    return !(n == 1 && text[0] == '.') && !(n == 2 && text[0] == '.' && text[1] == '.');
}

bool pal_path_ok(struct pal_str path)
{
    if (path.n == 0 || path.p[0] != '/')
        return false;
    struct pal_str rest = {path.p + 1, path.n - 1};
    while (rest.p) {
        struct pal_str segment;
        rest = pal_str_cut(rest, '/', &segment);
        if (!segment_ok(segment))
            return false;
    }
    return true;
}
