/* GET /files/{file_id} and its thumbnail: asked for anew each time, whether the caller may; then
 * the bytes, or a part of them. Nothing that a browser would run in our name is shown: it is saved
 * instead. */
#include "base/json.h"
#include "domain/filename.h"
#include "domain/range.h"
#include "files/files.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct download {
    struct files *home;
    struct pal_http *r; /* NULL: the client is gone */
    bool thumbnail;
};

static void on_gone(void *data)
{
    struct download *d = data;
    d->r = NULL;
}

/* What the answer says about the file. */
struct page {
    struct pal_http_header_line lines[8];
    size_t n;
    char tag[72], disposition[DISPOSITION_MAX], range[80], type[112];
    uint64_t size, from, to;
    bool shown, thumbnail;
};

static void add(struct page *p, const char *name, const char *value)
{
    p->lines[p->n++] = (struct pal_http_header_line){name, value};
}

static void describe(struct page *p, const json_t *o)
{
    struct pal_str type = pal_json_str(o, "mime_type"), hash = pal_json_str(o, "hash");
    p->size = (uint64_t)pal_json_int(o, "size", 0);
    p->shown = pal_json_bool(o, "shown", false) && filename_type_shown(type);
    (void)snprintf(p->tag, sizeof p->tag, "\"%.*s\"", (int)(hash.n < 64 ? hash.n : 64), hash.p);
    (void)snprintf(p->type, sizeof p->type, "%.*s", (int)(type.n < 100 ? type.n : 100), type.p);
    if (pal_str_eq(type, PAL_STR("text/plain")))
        (void)snprintf(p->type, sizeof p->type, "text/plain; charset=utf-8");
    filename_disposition(pal_json_str(o, "filename"), p->shown, p->disposition);
    add(p, "ETag", p->tag);
    add(p, "Accept-Ranges", "bytes");
    add(p, "Content-Disposition", p->disposition);
    add(p, "Content-Security-Policy", "sandbox; default-src 'none'");
    add(p, "Cross-Origin-Resource-Policy", "same-site");
    add(p, "Cache-Control",
        p->thumbnail ? "private, max-age=31536000, immutable" : "private, no-cache");
}

static void send(struct pal_http *r, struct page *p, int fd)
{
    struct pal_str range = pal_http_header(r, "Range"), unless = pal_http_header(r, "If-Range");
    struct pal_str known = pal_http_header(r, "If-None-Match");
    if (known.p && range_tag_listed(known, pal_str_of(p->tag))) {
        (void)close(fd);
        pal_http_send(r, 304, NULL, (struct pal_str){NULL, 0}, p->lines, p->n);
        return;
    }
    if (unless.p && !pal_str_eq(unless, pal_str_of(p->tag)))
        range = (struct pal_str){NULL, 0};
    switch (range_parse(range, p->size, &p->from, &p->to)) {
    case RANGE_OUTSIDE:
        (void)close(fd);
        (void)snprintf(p->range, sizeof p->range, "bytes */%" PRIu64, p->size);
        files_outside(r, p->range);
        return;
    case RANGE_PART:
        (void)snprintf(p->range, sizeof p->range, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, p->from,
                       p->to, p->size);
        add(p, "Content-Range", p->range);
        pal_http_send_fd(r, 206, p->type, p->lines, p->n, fd, p->from, p->to - p->from + 1);
        return;
    case RANGE_ALL:
        pal_http_send_fd(r, 200, p->type, p->lines, p->n, fd, 0, p->size);
        return;
    }
}

static void on_open(void *arg, const struct pal_frame *reply)
{
    struct download *d = arg;
    struct pal_http *r = d->r;
    const struct files *home = d->home;
    struct pal_error err = {0};
    struct page page = {.thumbnail = d->thumbnail};
    char why[80], location[STORAGE_LOCATION_MAX];
    int fd = -1;
    d->home->open--;
    free(d);
    if (!r)
        return;
    if (reply->status != 200) {
        files_refused(r, false, reply);
        return;
    }
    json_t *o = pal_json_parse(reply->body, why);
    struct pal_str at = pal_json_str(o, "location");
    (void)snprintf(location, sizeof location, "%.*s", (int)at.n, at.n ? at.p : "");
    describe(&page, o);
    json_decref(o);
    if (storage_read(home->data->storage, location, &fd, &err) != PAL_OK)
        files_fail(r, false, &err);
    else
        send(r, &page, fd);
}

static bool is_thumbnail(const struct pal_http *r)
{
    return pal_str_eq(pal_http_param(r, "filename"), PAL_STR("thumbnail"));
}

void download_get(void *ctx, struct pal_http *r)
{
    struct files *home = ctx;
    struct pal_claims claims;
    char body[96];
    if (pal_str_eq(pal_http_method(r), PAL_STR("HEAD")) && pal_http_header(r, "Tus-Resumable").p) {
        tus_head(ctx, r);
        return;
    }
    if (!pal_http_authenticate(r, &claims) || !pal_http_limit(r, "read", &claims))
        return;
    struct download *d = home->data->storage ? calloc(1, sizeof *d) : NULL;
    if (!d) {
        files_refuse(r, false, &pal_err_service_unavailable, "there is no storage");
        return;
    }
    *d = (struct download){home, r, is_thumbnail(r)};
    home->open++;
    pal_http_set_data(r, d, on_gone);
    (void)snprintf(body, sizeof body, "{\"file_id\":%" PRIu64 ",\"thumbnail\":%s}", files_id(r),
                   d->thumbnail ? "true" : "false");
    files_ask(home, r, &claims, PAL_CMD_FILE_OPEN, pal_str_of(body), on_open, d);
}
