/* The requests of tus that move no bytes: OPTIONS, HEAD, DELETE (tus.io, version 1.0.0). */
#include "base/json.h"
#include "files/files.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A request that waits for a command. */
struct waiting {
    struct files *home;
    struct pal_http *r; /* NULL: the client is gone */
};

static void on_gone(void *data)
{
    struct waiting *w = data;
    w->r = NULL;
}

static struct pal_http *answered(struct waiting *w)
{
    struct pal_http *r = w->r;
    w->home->open--;
    free(w);
    return r;
}

static void ask(struct files *home, struct pal_http *r, uint16_t command, pal_local_fn *done)
{
    struct pal_claims claims;
    char body[64];
    if (!files_tus(r) || !files_authenticate(r, true, &claims))
        return;
    struct waiting *w = calloc(1, sizeof *w);
    if (!w) {
        files_refuse(r, true, &pal_err_service_unavailable, "no memory");
        return;
    }
    *w = (struct waiting){home, r};
    home->open++;
    pal_http_set_data(r, w, on_gone);
    (void)snprintf(body, sizeof body, "{\"file_id\":%" PRIu64 "}", files_id(r));
    files_ask(home, r, &claims, command, pal_str_of(body), done, w);
}

void tus_options(void *ctx, struct pal_http *r)
{
    const struct files *home = ctx;
    char most[24];
    (void)snprintf(most, sizeof most, "%" PRId64, home->settings->file_max_bytes);
    const struct pal_http_header_line lines[] = {
        {"Tus-Resumable", TUS_VERSION},
        {"Tus-Version", TUS_VERSION},
        {"Tus-Extension", "creation,creation-with-upload,expiration,checksum,termination"},
        {"Tus-Checksum-Algorithm", "sha1,sha256"},
        {"Tus-Max-Size", most},
        {"Allow", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"},
        {"Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"},
        {"Access-Control-Allow-Headers",
         PAL_HTTP_CORS_HEADERS ", Range, If-Range, Tus-Resumable, Upload-Length, Upload-Offset, "
                               "Upload-Metadata, Upload-Checksum, X-HTTP-Method-Override"},
        {"Access-Control-Max-Age", "600"}};
    size_t n = sizeof lines / sizeof lines[0];
    bool cross = pal_http_header(r, "Access-Control-Request-Method").p && pal_http_origin_ok(r);
    pal_http_send(r, 204, NULL, (struct pal_str){NULL, 0}, lines, cross ? n : n - 3);
}

static void on_looked(void *arg, const struct pal_frame *reply)
{
    struct pal_http *r = answered(arg);
    char why[80], offset[24], length[24], metadata[5000];
    if (!r)
        return;
    if (reply->status != 200) {
        files_refused(r, true, reply);
        return;
    }
    json_t *o = pal_json_parse(reply->body, why);
    struct pal_str text = pal_json_str(o, "metadata");
    (void)snprintf(offset, sizeof offset, "%" PRId64, pal_json_int(o, "received", 0));
    (void)snprintf(length, sizeof length, "%" PRId64, pal_json_int(o, "size", 0));
    (void)snprintf(metadata, sizeof metadata, "%.*s", (int)text.n, text.n ? text.p : "");
    json_decref(o);
    const struct pal_http_header_line lines[] = {{"Tus-Resumable", TUS_VERSION},
                                                 {"Upload-Offset", offset},
                                                 {"Upload-Length", length},
                                                 {"Cache-Control", "no-store"},
                                                 {"Upload-Metadata", metadata}};
    pal_http_send(r, 200, NULL, (struct pal_str){NULL, 0}, lines, metadata[0] ? 5 : 4);
}

void tus_head(void *ctx, struct pal_http *r)
{
    ask(ctx, r, PAL_CMD_FILE_LOOK, on_looked);
}

static void on_deleted(void *arg, const struct pal_frame *reply)
{
    static const struct pal_http_header_line line = {"Tus-Resumable", TUS_VERSION};
    struct pal_http *r = answered(arg);
    if (!r)
        return;
    if (reply->status >= 300)
        files_refused(r, true, reply);
    else
        pal_http_send(r, 204, NULL, (struct pal_str){NULL, 0}, &line, 1);
}

void tus_delete(void *ctx, struct pal_http *r)
{
    ask(ctx, r, PAL_CMD_FILE_DELETE, on_deleted);
}
