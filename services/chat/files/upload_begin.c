/* The first request of an upload, or the next one of tus: headers judged, the file made or found.
 * Everything that is wrong is said before the body is read. */
#include "files/upload.h"

#include "base/json.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- the file ---- */

static void on_begun(void *arg, const struct pal_frame *reply)
{
    struct upload *u = arg;
    char why[80];
    if (reply->status != 200) {
        upload_refused(u, reply);
        return;
    }
    json_t *o = pal_json_parse(reply->body, why);
    struct pal_str expires = pal_json_str(o, "expires_at");
    u->id = (uint64_t)pal_json_int(o, "id", 0);
    (void)snprintf(u->expires, sizeof u->expires, "%.*s", (int)expires.n,
                   expires.n ? expires.p : "");
    json_decref(o);
    upload_run(u);
}

/* The name is what the client calls it, cleaned. */
static void begin(struct upload *u, struct pal_str name, struct pal_str metadata)
{
    char clean[FILENAME_MAX_BYTES + 1], encoded[FILENAME_URL_MAX + 1];
    struct pal_buf body;
    filename_clean(name, clean);
    filename_encode(pal_str_of(clean), encoded);
    json_t *o =
        json_pack("{ss ss ss# sI}", "filename", clean, "url_name", encoded, "metadata",
                  metadata.n ? metadata.p : "", (int)metadata.n, "size", (json_int_t)u->size);
    pal_buf_init(&body, 16 << 10);
    (void)pal_json_dump(o, &body);
    json_decref(o);
    files_ask(u->home, u->r, &u->claims, PAL_CMD_FILE_BEGIN, pal_buf_view(&body), on_begun, u);
    pal_buf_fini(&body);
}

/* ---- POST /files ---- */

static bool is_media(struct pal_str type, struct pal_str media)
{
    struct pal_str head;
    (void)pal_str_cut(type, ';', &head);
    return pal_str_caseeq(pal_str_trim(head), media);
}

static bool take_checksum(struct upload *u)
{
    u->checksum = tus_checksum_parse(pal_http_header(u->r, "Upload-Checksum"), u->digest);
    if (u->checksum != TUS_CHECKSUM_UNKNOWN && u->checksum != TUS_CHECKSUM_BAD)
        return true;
    upload_refuse(u, &pal_err_request_invalid,
                  "Upload-Checksum is sha1 or sha256 and the digest in base64");
    return false;
}

static void post_tus(struct upload *u)
{
    struct pal_str length = pal_http_header(u->r, "Upload-Length");
    struct pal_str metadata = pal_http_header(u->r, "Upload-Metadata");
    struct pal_str type = pal_http_header(u->r, "Content-Type");
    char name[FILENAME_MAX_BYTES * 4];
    size_t n = 0;
    if (!length.p) {
        upload_refuse(u, &pal_err_file_length_missing, "Upload-Length is missing");
        return;
    }
    if (!pal_parse_i64(length, &u->size) || u->size < 0 || !tus_metadata_ok(metadata)) {
        upload_refuse(u, &pal_err_request_invalid, "Upload-Length or Upload-Metadata is not valid");
        return;
    }
    if (pal_http_length(u->r) != 0 && type.p &&
        !is_media(type, PAL_STR("application/offset+octet-stream"))) {
        upload_refuse(u, &pal_err_request_media_type, "send application/offset+octet-stream");
        return;
    }
    if (!take_checksum(u))
        return;
    if (!tus_metadata_get(metadata, PAL_STR("filename"), name, sizeof name, &n) &&
        !tus_metadata_get(metadata, PAL_STR("name"), name, sizeof name, &n))
        n = 0;
    begin(u, (struct pal_str){name, n}, metadata);
}

static void post_plain(struct upload *u)
{
    u->size = pal_http_length(u->r);
    if (u->size < 0) {
        upload_refuse(u, &pal_err_file_length_missing, "Content-Length is missing");
        return;
    }
    if (u->kind == UPLOAD_FORM &&
        !multipart_init(&u->form, pal_http_header(u->r, "Content-Type"))) {
        upload_refuse(u, &pal_err_request_malformed, "the form has no boundary");
        return;
    }
    begin(u, pal_http_query(u->r, "filename"), PAL_STR(""));
}

static enum upload_kind kind_of(struct pal_http *r)
{
    if (pal_http_header(r, "Tus-Resumable").p)
        return UPLOAD_TUS;
    return is_media(pal_http_header(r, "Content-Type"), PAL_STR("multipart/form-data"))
               ? UPLOAD_FORM
               : UPLOAD_RAW;
}

void upload_post(void *ctx, struct pal_http *r)
{
    enum upload_kind kind = kind_of(r);
    struct pal_claims claims;
    if ((kind == UPLOAD_TUS && !files_tus(r)) ||
        !files_authenticate(r, kind == UPLOAD_TUS, &claims) ||
        !pal_http_limit(r, "upload", &claims))
        return;
    struct upload *u = upload_new(ctx, r, &claims, kind);
    if (!u)
        return;
    u->creates = true;
    if (kind == UPLOAD_TUS)
        post_tus(u);
    else
        post_plain(u);
}

/* ---- PATCH /files/{file_id} ---- */

static void on_looked(void *arg, const struct pal_frame *reply)
{
    struct upload *u = arg;
    char why[80];
    if (reply->status != 200) {
        upload_refused(u, reply);
        return;
    }
    json_t *o = pal_json_parse(reply->body, why);
    int64_t received = pal_json_int(o, "received", 0);
    bool ready = pal_str_eq(pal_json_str(o, "state"), PAL_STR("ready"));
    u->size = pal_json_int(o, "size", 0);
    json_decref(o);
    if (!u->r)
        upload_end(u);
    else if (u->start != received || (ready && pal_http_length(u->r) != 0))
        upload_refuse(u, &pal_err_file_offset, "it is at another offset");
    else if (ready) {
        u->part.offset = u->size; /* nothing was to be added */
        upload_answer_progress(u);
        upload_end(u);
    } else {
        upload_run(u);
    }
}

void upload_patch(void *ctx, struct pal_http *r)
{
    struct pal_claims claims;
    char body[64];
    if (!files_tus(r) || !files_authenticate(r, true, &claims))
        return;
    if (!is_media(pal_http_header(r, "Content-Type"), PAL_STR("application/offset+octet-stream"))) {
        files_refuse(r, true, &pal_err_request_media_type, "send application/offset+octet-stream");
        return;
    }
    struct upload *u = upload_new(ctx, r, &claims, UPLOAD_TUS);
    if (!u)
        return;
    u->id = files_id(r);
    if (!pal_parse_i64(pal_http_header(r, "Upload-Offset"), &u->start) || u->start < 0) {
        upload_refuse(u, &pal_err_request_invalid, "Upload-Offset is not a number");
        return;
    }
    if (!take_checksum(u))
        return;
    (void)snprintf(body, sizeof body, "{\"file_id\":%" PRIu64 "}", u->id);
    files_ask(u->home, r, &claims, PAL_CMD_FILE_LOOK, pal_str_of(body), on_looked, u);
}

void upload_override(void *ctx, struct pal_http *r)
{
    struct pal_str method = pal_http_header(r, "X-HTTP-Method-Override");
    if (pal_str_eq(method, PAL_STR("PATCH")))
        upload_patch(ctx, r);
    else if (pal_str_eq(method, PAL_STR("DELETE")))
        tus_delete(ctx, r);
    else if (pal_str_eq(method, PAL_STR("HEAD")))
        tus_head(ctx, r);
    else
        files_refuse(r, true, &pal_err_request_method, "use PATCH, or POST /files");
}
