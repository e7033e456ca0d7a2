/* multipart_head.h */
#include "domain/multipart_head.h"

#include "base/id.h"

/* Parameters "; name=value" of a header; the value is a token or a quoted string, given without the
 * quotes and with its escapes. False at the end. */
static bool next_param(struct pal_str *rest, struct pal_str *name, struct pal_str *value)
{
    struct pal_str text = pal_str_trim(pal_str_cut(*rest, ';', name));
    *rest = text;
    if (!text.p || text.n == 0)
        return false;
    *rest = pal_str_cut(text, '=', name);
    if (!rest->p)
        return false;
    *name = pal_str_trim(*name);
    if (rest->n == 0 || rest->p[0] != '"') {
        (void)pal_str_cut(*rest, ';', value);
        *value = pal_str_trim(*value);
        return true;
    }
    size_t end = 1;
    while (end < rest->n && rest->p[end] != '"')
        end += rest->p[end] == '\\' ? 2 : 1;
    if (end >= rest->n)
        return false;
    *value = (struct pal_str){rest->p + 1, end - 1};
    *rest = (struct pal_str){rest->p + end + 1, rest->n - end - 1};
    return true;
}

static bool is_boundary(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 || s.p[i] > 0x7e || s.p[i] == '\\')
            return false;
    }
    return s.n > 0 && s.n <= MULTIPART_BOUNDARY_MAX && s.p[s.n - 1] != ' ';
}

bool multipart_boundary(struct pal_str content_type, struct pal_str *out)
{
    struct pal_str media, name, value, rest = content_type;
    (void)pal_str_cut(content_type, ';', &media);
    if (!pal_str_caseeq(pal_str_trim(media), PAL_STR("multipart/form-data")))
        return false;
    while (next_param(&rest, &name, &value)) {
        if (!pal_str_caseeq(name, PAL_STR("boundary")))
            continue;
        *out = value;
        return is_boundary(value);
    }
    return false;
}

static bool keep(struct multipart_head *out, char c)
{
    if (out->filename_n == sizeof out->filename)
        return false;
    out->filename[out->filename_n++] = c;
    return true;
}

/* What browsers write for a quote and line breaks (HTML, "multipart/form-data encoding"). */
static bool is_browser_escape(struct pal_str s)
{
    return s.n >= 3 &&
           (memcmp(s.p, "%22", 3) == 0 || memcmp(s.p, "%0D", 3) == 0 || memcmp(s.p, "%0A", 3) == 0);
}

/* Browsers leave backslashes alone; others escape with one. Only \" and \\ are taken for escapes,
 * so that a path of Windows keeps its parts. */
static bool take_plain(struct multipart_head *out, struct pal_str value)
{
    out->filename_n = 0;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' && i + 1 < value.n && (value.p[i + 1] == '"' || value.p[i + 1] == '\\'))
            c = value.p[++i];
        if (is_browser_escape((struct pal_str){value.p + i, value.n - i})) {
            c = '"';
            i += 2;
        }
        if (!keep(out, c))
            return false;
    }
    return true;
}

/* RFC 8187: UTF-8''percent-encoded */
static bool take_extended(struct multipart_head *out, struct pal_str value)
{
    struct pal_str charset, language;
    struct pal_str text = pal_str_cut(pal_str_cut(value, '\'', &charset), '\'', &language);
    out->filename_n = 0;
    if (!text.p || !pal_str_caseeq(charset, PAL_STR("UTF-8")))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = (uint8_t)text.p[i];
        if (c == '%') {
            if (i + 3 > text.n || !pal_hex_decode((struct pal_str){text.p + i + 1, 2}, &c, 1))
                return false;
            i += 2;
        }
        if (!keep(out, (char)c))
            return false;
    }
    return true;
}

static bool take_disposition(struct multipart_head *out, struct pal_str value)
{
    struct pal_str kind, name, text, rest = value;
    bool extended = false;
    (void)pal_str_cut(value, ';', &kind);
    if (!pal_str_caseeq(pal_str_trim(kind), PAL_STR("form-data")))
        return false;
    while (next_param(&rest, &name, &text)) {
        bool star = pal_str_caseeq(name, PAL_STR("filename*"));
        if (!star && (extended || !pal_str_caseeq(name, PAL_STR("filename"))))
            continue;
        out->is_file = true;
        extended = star;
        if (star ? !take_extended(out, text) : !take_plain(out, text))
            return false;
    }
    return true;
}

bool multipart_head_parse(struct pal_str text, struct multipart_head *out)
{
    *out = (struct multipart_head){0};
    bool found = false;
    while (text.n > 0) {
        struct pal_str line, name;
        text = pal_str_cut(text, '\n', &line);
        struct pal_str value = pal_str_cut(line, ':', &name);
        if (!pal_str_caseeq(pal_str_trim(name), PAL_STR("Content-Disposition")))
            continue;
        if (found || !value.p || !take_disposition(out, pal_str_trim(value)))
            return false;
        found = true;
    }
    return found;
}
