/* page.h. Nothing that a browser would run in our name is shown: it is saved instead. */
#include "files/page.h"

#include "domain/range.h"

#include <inttypes.h>
#include <stdio.h>

static void add(struct page *p, const char *name, const char *value)
{
    p->lines[p->n++] = (struct pal_http_header_line){name, value};
}

/* What has no end of its own is asked for anew each time, whether the caller may still. */
static const char *cache_of(struct page *p, enum page_kind kind, int64_t seconds)
{
    if (kind == PAGE_FILE)
        return "private, no-cache";
    if (kind == PAGE_THUMBNAIL)
        return "private, max-age=31536000, immutable";
    (void)snprintf(p->cache, sizeof p->cache, "public, max-age=%" PRId64 ", immutable", seconds);
    return p->cache;
}

void page_describe(struct page *p, const json_t *o, enum page_kind kind, int64_t seconds)
{
    struct pal_str type = pal_json_str(o, "mime_type"), hash = pal_json_str(o, "hash");
    bool shown = pal_json_bool(o, "shown", false) && filename_type_shown(type);
    p->n = 0;
    p->size = (uint64_t)pal_json_int(o, "size", 0);
    (void)snprintf(p->tag, sizeof p->tag, "\"%.*s\"", (int)(hash.n < 64 ? hash.n : 64), hash.p);
    (void)snprintf(p->type, sizeof p->type, "%.*s", (int)(type.n < 100 ? type.n : 100), type.p);
    if (pal_str_eq(type, PAL_STR("text/plain")))
        (void)snprintf(p->type, sizeof p->type, "text/plain; charset=utf-8");
    filename_disposition(pal_json_str(o, "filename"), shown, p->disposition);
    add(p, "ETag", p->tag);
    add(p, "Accept-Ranges", "bytes");
    add(p, "Content-Disposition", p->disposition);
    add(p, "Content-Security-Policy", "sandbox; default-src 'none'");
    add(p, "Cross-Origin-Resource-Policy", kind == PAGE_SIGNED ? "cross-origin" : "same-site");
    add(p, "Cache-Control", cache_of(p, kind, seconds));
}

bool page_choose(struct page *p, struct pal_http *r)
{
    struct pal_str range = pal_http_header(r, "Range"), unless = pal_http_header(r, "If-Range");
    struct pal_str known = pal_http_header(r, "If-None-Match");
    uint64_t to = 0;
    if (known.p && range_tag_listed(known, pal_str_of(p->tag))) {
        pal_http_send(r, 304, NULL, (struct pal_str){NULL, 0}, p->lines, p->n);
        return false;
    }
    if (unless.p && !pal_str_eq(unless, pal_str_of(p->tag)))
        range = (struct pal_str){NULL, 0};
    p->status = 200;
    p->length = p->size;
    switch (range_parse(range, p->size, &p->from, &to)) {
    case RANGE_OUTSIDE:
        (void)snprintf(p->range, sizeof p->range, "bytes */%" PRIu64, p->size);
        files_outside(r, p->range);
        return false;
    case RANGE_PART:
        (void)snprintf(p->range, sizeof p->range, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, p->from,
                       to, p->size);
        add(p, "Content-Range", p->range);
        p->status = 206;
        p->length = to - p->from + 1;
        return true;
    case RANGE_ALL:
        p->from = 0;
        return true;
    }
    return true;
}
