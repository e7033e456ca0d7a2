/* Reads the head of a page: page.h. Not an HTML parser: it looks for two kinds of tags and is wrong
 * without harm where a page is strange. One pass; every step moves on. */
#include "domain/page.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct scan {
    struct pal_str in;
    size_t at;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool looking_at(const struct scan *s, const char *word)
{
    size_t n = strlen(word);
    return s->in.n - s->at >= n && strncasecmp(s->in.p + s->at, word, n) == 0;
}

static void skip_past(struct scan *s, const char *end)
{
    while (s->at < s->in.n && !looking_at(s, end))
        s->at++;
    s->at = s->at < s->in.n ? s->at + strlen(end) : s->in.n;
}

/* ---- text: entities, white space, encodings ---- */

struct text {
    char *out;
    size_t n, room; /* room without the 0 */
    bool full;
};

static void put_char(struct text *t, uint32_t c)
{
    char bytes[4];
    if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0xfeff)
        c = ' ';
    if (c == ' ' && (t->n == 0 || t->out[t->n - 1] == ' '))
        return;
    size_t n = pal_utf8_put(c, bytes);
    t->full = t->full || n == 0 || t->n + n > t->room;
    if (t->full)
        return;
    memcpy(t->out + t->n, bytes, n);
    t->n += n;
}

/* Windows-1252, the range that is not Latin-1 (WHATWG Encoding). */
static uint32_t from_1252(unsigned char c)
{
    static const uint16_t upper[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
    return c >= 0x80 && c < 0xa0 ? upper[c - 0x80] : c;
}

struct entity {
    const char *name;
    uint32_t c;
};

static uint32_t named(struct pal_str name)
{
    static const struct entity entities[] = {
        {"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},
        {"apos", '\''},     {"nbsp", ' '},     {"ndash", 0x2013}, {"mdash", 0x2014},
        {"hellip", 0x2026}, {"laquo", 0xab},   {"raquo", 0xbb},   {"lsquo", 0x2018},
        {"rsquo", 0x2019},  {"ldquo", 0x201c}, {"rdquo", 0x201d}, {"middot", 0xb7},
        {"aacute", 0xe1},   {"eacute", 0xe9},  {"iacute", 0xed},  {"oacute", 0xf3},
        {"uacute", 0xfa},   {"ntilde", 0xf1},  {"uuml", 0xfc},    {"copy", 0xa9},
    };
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (pal_str_eq(name, pal_str_of(entities[i].name)))
            return entities[i].c;
    return 0;
}

static uint32_t digit_of(char c, uint32_t base)
{
    uint32_t d = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                 : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                        : 99;
    return d < base ? d : 99;
}

/* What stands behind the # of a reference by number; 0: no character. */
static uint32_t numbered(struct pal_str digits)
{
    bool hex = digits.n > 0 && (digits.p[0] == 'x' || digits.p[0] == 'X');
    uint32_t c = 0, base = hex ? 16 : 10;
    for (size_t i = hex ? 1 : 0; i < digits.n; i++) {
        uint32_t d = digit_of(digits.p[i], base);
        if (d == 99 || c > 0x10ffff)
            return 0;
        c = c * base + d;
    }
    return c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : c;
}

/* An entity at s; how long it is, 0 when it is none. */
static size_t entity_at(struct pal_str s, uint32_t *c)
{
    enum { LONGEST = 10 };
    size_t end = 1;
    while (end < s.n && end < LONGEST && s.p[end] != ';')
        end++;
    if (end >= s.n || s.p[end] != ';' || end < 2)
        return 0;
    struct pal_str name = {s.p + 1, end - 1};
    *c = name.p[0] == '#' ? numbered((struct pal_str){name.p + 1, name.n - 1}) : named(name);
    return *c ? end + 1 : 0;
}

static void put_text(struct pal_str raw, bool utf8, char *out, size_t size)
{
    struct text t = {.out = out, .room = size - 1};
    for (size_t i = 0; i < raw.n && !t.full;) {
        uint32_t c = (unsigned char)raw.p[i];
        struct pal_str rest = {raw.p + i, raw.n - i};
        size_t n = c == '&' ? entity_at(rest, &c) : 0;
        if (n == 0 && utf8)
            n = pal_utf8_next(rest, &c);
        else if (n == 0)
            c = from_1252((unsigned char)raw.p[i]);
        put_char(&t, c);
        i += n ? n : 1;
    }
    while (t.n > 0 && out[t.n - 1] == ' ')
        t.n--;
    out[t.n] = '\0';
}

/* ---- tags ---- */

struct attribute {
    struct pal_str name, value;
};

static struct pal_str quoted(struct scan *s)
{
    char quote = s->in.p[s->at++];
    size_t from = s->at;
    while (s->at < s->in.n && s->in.p[s->at] != quote)
        s->at++;
    struct pal_str value = {s->in.p + from, s->at - from};
    s->at += s->at < s->in.n ? 1 : 0;
    return value;
}

static struct pal_str bare(struct scan *s, const char *stop)
{
    size_t from = s->at;
    while (s->at < s->in.n && !is_space(s->in.p[s->at]) && !strchr(stop, s->in.p[s->at]))
        s->at++;
    return (struct pal_str){s->in.p + from, s->at - from};
}

static void skip_space(struct scan *s)
{
    while (s->at < s->in.n && is_space(s->in.p[s->at]))
        s->at++;
}

/* The next attribute of a tag; false at its end, which is passed. */
static bool next_attribute(struct scan *s, struct attribute *a)
{
    while (s->at < s->in.n && (is_space(s->in.p[s->at]) || s->in.p[s->at] == '/'))
        s->at++;
    if (s->at >= s->in.n || s->in.p[s->at] == '>') {
        s->at += s->at < s->in.n ? 1 : 0;
        return false;
    }
    *a = (struct attribute){.name = bare(s, "=>/")};
    if (a->name.n == 0) {
        s->at++; /* a stray character */
        return true;
    }
    skip_space(s);
    if (s->at < s->in.n && s->in.p[s->at] == '=') {
        s->at++;
        skip_space(s);
        bool has_quote = s->at < s->in.n && (s->in.p[s->at] == '"' || s->in.p[s->at] == '\'');
        a->value = has_quote ? quoted(s) : bare(s, ">");
    }
    return true;
}

static bool same(struct pal_str s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

struct place {
    const char *name;
    char *out;
    size_t size;
};

/* The first that says something wins; Open Graph's stand first in pages that have both. */
static void take_meta(struct page *page, struct pal_str name, struct pal_str content, bool utf8)
{
    const struct place places[] = {
        {"og:title", page->title, sizeof page->title},
        {"twitter:title", page->title, sizeof page->title},
        {"og:description", page->description, sizeof page->description},
        {"twitter:description", page->description, sizeof page->description},
        {"description", page->description, sizeof page->description},
        {"og:site_name", page->site, sizeof page->site},
        {"og:image", page->image, sizeof page->image},
        {"og:image:url", page->image, sizeof page->image},
        {"twitter:image", page->image, sizeof page->image},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (same(name, places[i].name) && places[i].out[0] == '\0')
            put_text(content, utf8, places[i].out, places[i].size);
}

static void read_meta(struct scan *s, struct page *page, bool utf8)
{
    struct attribute a;
    struct pal_str name = {NULL, 0}, content = {NULL, 0};
    while (next_attribute(s, &a)) {
        if (same(a.name, "property") || same(a.name, "name"))
            name = a.value;
        else if (same(a.name, "content"))
            content = a.value;
    }
    if (name.n > 0 && content.n > 0)
        take_meta(page, name, content, utf8);
}

/* A tag's name ends here, so that <metadata> is not <meta>. */
static bool tag(const struct scan *s, const char *name)
{
    size_t end = s->at + strlen(name);
    return looking_at(s, name) && end < s->in.n &&
           (is_space(s->in.p[end]) || s->in.p[end] == '>' || s->in.p[end] == '/');
}

static struct pal_str read_title(struct scan *s)
{
    skip_past(s, ">");
    size_t from = s->at;
    while (s->at < s->in.n && !looking_at(s, "</title"))
        s->at++;
    return (struct pal_str){s->in.p + from, s->at - from};
}

/* All of it, but for a character that was cut off at the end. */
static bool is_utf8(struct pal_str html)
{
    uint32_t c;
    size_t at = 0, n;
    do {
        n = pal_utf8_next((struct pal_str){html.p + at, html.n - at}, &c);
        at += n;
    } while (n > 0);
    return html.n - at < 4;
}

void page_read(struct pal_str html, struct page *out)
{
    struct scan s = {.in = html};
    struct pal_str title = {NULL, 0};
    bool utf8 = is_utf8(html);
    *out = (struct page){0};
    while (s.at < html.n && !tag(&s, "<body")) {
        if (looking_at(&s, "<!--"))
            skip_past(&s, "-->");
        else if (tag(&s, "<script"))
            skip_past(&s, "</script");
        else if (tag(&s, "<style"))
            skip_past(&s, "</style");
        else if (tag(&s, "<title") && title.n == 0)
            title = read_title(&s);
        else if (tag(&s, "<meta")) {
            s.at += sizeof "<meta" - 1;
            read_meta(&s, out, utf8);
        } else
            s.at++;
    }
    if (out->title[0] == '\0')
        put_text(title, utf8, out->title, sizeof out->title);
}
