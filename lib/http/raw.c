/* Bodies that are not JSON: bytes travel in base64 inside the frame (RFC 4648 §4), both ways. */
#include "base/json.h"
#include "http/steps.h"

#include <openssl/evp.h>
#include <stdlib.h>

bool pal_raw_into(struct pal_http *r, json_t *request)
{
    struct pal_str type = pal_http_header(r, "Content-Type");
    size_t n = 4 * ((r->body.n + 2) / 3);
    char *text = malloc(n + 1);
    if (!text)
        return false;
    (void)EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)r->body.p, (int)r->body.n);
    bool ok =
        json_object_set_new(request, r->face->command->raw_request, json_stringn(text, n)) == 0;
    /* Without a type the validator says that it is missing. */
    if (ok && type.p)
        ok = json_object_set_new(request, "content_type", json_stringn(type.p, type.n)) == 0;
    free(text);
    return ok;
}

/* Decodes base64; the result is the caller's, by free(). NULL: not base64. */
static unsigned char *decode(struct pal_str text, size_t *n)
{
    if (text.n % 4 != 0 || text.n > PAL_FRAME_BODY_MAX)
        return NULL;
    unsigned char *out = malloc(text.n / 4 * 3 + 1);
    int got = out ? EVP_DecodeBlock(out, (const unsigned char *)text.p, (int)text.n) : -1;
    if (got < 0) {
        free(out);
        return NULL;
    }
    size_t padding = 0;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
        padding++;
    *n = (size_t)got - padding;
    return out;
}

static bool printable(struct pal_str s, size_t max)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 || s.p[i] > 0x7e)
            return false;
    }
    return s.n > 0 && s.n <= max;
}

/* Only what a browser does not run. */
static const char *safe_type(struct pal_str type)
{
    static const char *const safe[] = {"image/png", "image/jpeg",       "image/webp", "image/gif",
                                       "text/csv",  "application/json", "image/avif", "text/plain"};
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++) {
        if (pal_str_eq(type, pal_str_of(safe[i])))
            return safe[i];
    }
    return "application/octet-stream";
}

static void send_bytes(struct pal_http *r, const json_t *o, const struct pal_frame *reply)
{
    char tag[128] = "";
    size_t n = 0;
    unsigned char *bytes = decode(pal_json_str(o, "data"), &n);
    struct pal_str etag = pal_json_str(o, "etag");
    struct pal_str known = pal_http_header(r, "If-None-Match");
    if (!bytes) {
        pal_reply_refuse(r, &pal_err_service_internal, "the answer cannot be read");
        return;
    }
    if (printable(etag, 100) && !memchr(etag.p, '"', etag.n))
        (void)snprintf(tag, sizeof tag, "\"%.*s\"", (int)etag.n, etag.p);
    /* Behind an address that changes with its content. */
    bool immutable = json_is_true(json_object_get(o, "immutable"));
    const struct pal_http_header_line lines[] = {
        {"Cache-Control", immutable ? "private, max-age=31536000, immutable" : "private, no-cache"},
        {"Content-Security-Policy", "default-src 'none'; sandbox"},
        {"ETag", tag}};
    size_t lines_n = tag[0] ? 3 : 2;
    const char *type = safe_type(pal_json_str(o, "content_type"));
    if (tag[0] && known.p && memmem(known.p, known.n, tag, strlen(tag)))
        pal_http_send(r, 304, NULL, (struct pal_str){NULL, 0}, lines, lines_n);
    else
        pal_http_send(r, reply->status, type, (struct pal_str){(const char *)bytes, n}, lines,
                      lines_n);
    free(bytes);
}

void pal_reply_raw(struct pal_http *r, const struct pal_frame *reply)
{
    char why[80];
    json_t *o = pal_json_parse(reply->body, why);
    if (o)
        send_bytes(r, o, reply);
    else
        pal_reply_refuse(r, &pal_err_service_internal, "the answer cannot be read");
    json_decref(o);
}
