/* GET /files/{file_id} and its thumbnail: asked for anew each time, whether the caller may; then
 * the bytes, or a part of them. An address with a signature needs no caller. */
#include "base/clock.h"
#include "files/address.h"
#include "files/page.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct download {
    struct files *home;
    struct pal_http *r; /* NULL: the client is gone */
    enum page_kind kind;
    int64_t expires; /* of a signed address */
};

static void on_gone(void *data)
{
    struct download *d = data;
    d->r = NULL;
}

/* From the local disk. */
static void send_blob(const struct files *home, struct pal_http *r, const json_t *o,
                      enum page_kind kind, int64_t seconds)
{
    struct page page = {0};
    struct pal_error err = {0};
    char location[STORAGE_LOCATION_MAX];
    struct pal_str at = pal_json_str(o, "location");
    int fd = -1;
    page_describe(&page, o, kind, seconds);
    if (!page_choose(&page, r))
        return;
    (void)snprintf(location, sizeof location, "%.*s", (int)at.n, at.n ? at.p : "");
    if (storage_read(home->data->storage, location, (int64_t)page.size, &fd, &err) != PAL_OK)
        files_fail(r, false, &err);
    else
        pal_http_send_fd(r, page.status, page.type, page.lines, page.n, fd, page.from, page.length);
}

static void on_open(void *arg, const struct pal_frame *reply)
{
    struct download d = *(struct download *)arg;
    char why[80];
    free(arg);
    d.home->open--;
    if (!d.r)
        return;
    pal_http_set_data(d.r, NULL, NULL);
    if (reply->status != 200) {
        files_refused(d.r, false, reply);
        return;
    }
    json_t *o = pal_json_parse(reply->body, why);
    int64_t seconds = d.expires - pal_now_ms() / 1000;
    if (storage_is_object(pal_json_str(o, "location")))
        flow_send(d.home, d.r, o, d.kind, seconds);
    else
        send_blob(d.home, d.r, o, d.kind, seconds);
    json_decref(o);
}

static bool is_thumbnail(const struct pal_http *r)
{
    return pal_str_eq(pal_http_param(r, "filename"), PAL_STR("thumbnail"));
}

/* Is there a signature, and is it good? False: answered. */
static bool check_signature(const struct files *home, struct pal_http *r, struct download *d)
{
    struct pal_str given = pal_http_query(r, "signature");
    struct pal_str name = pal_http_param(r, "filename");
    char encoded[FILENAME_URL_MAX + 1] = "";
    if (name.n <= FILENAME_MAX_BYTES)
        filename_encode(name, encoded);
    struct address a = {.file = files_id(r), .name = pal_str_of(encoded)};
    if (name.n > FILENAME_MAX_BYTES || !pal_parse_i64(pal_http_query(r, "expires"), &a.expires) ||
        !address_good(home->data->file_secret, &a, given, pal_now_ms() / 1000)) {
        files_refuse(r, false, &pal_err_file_signature, pal_err_file_signature.title);
        return false;
    }
    d->kind = PAGE_SIGNED;
    d->expires = a.expires;
    return true;
}

void download_get(void *ctx, struct pal_http *r)
{
    struct files *home = ctx;
    struct pal_claims claims;
    char body[128];
    bool is_signed = pal_http_query(r, "signature").p;
    struct download found = {home, r, is_thumbnail(r) ? PAGE_THUMBNAIL : PAGE_FILE, 0};
    if (pal_str_eq(pal_http_method(r), PAL_STR("HEAD")) && pal_http_header(r, "Tus-Resumable").p) {
        tus_head(ctx, r);
        return;
    }
    if (is_signed ? !check_signature(home, r, &found)
                  : !pal_http_authenticate(r, &claims) || !pal_http_limit(r, "read", &claims))
        return;
    struct download *d = home->data->storage ? calloc(1, sizeof *d) : NULL;
    if (!d) {
        files_refuse(r, false, &pal_err_service_unavailable, "there is no storage");
        return;
    }
    *d = found;
    home->open++;
    pal_http_set_data(r, d, on_gone);
    (void)snprintf(body, sizeof body, "{\"file_id\":%" PRIu64 ",\"thumbnail\":%s,\"signed\":%s}",
                   files_id(r), is_thumbnail(r) ? "true" : "false", is_signed ? "true" : "false");
    files_ask(home, r, is_signed ? NULL : &claims, PAL_CMD_FILE_OPEN, pal_str_of(body), on_open, d);
}
