/* s3.h: what is asked of the store. */
#include "files/s3.h"

#include "base/log.h"
#include "domain/xml_text.h"
#include "files/s3_call.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 64 << 20, PARTS_MAX = 10000, ANSWER_MAX = 64 << 10 };

/* ---- the bucket ---- */

static bool make_base(const struct s3_settings *g, char *out, size_t size)
{
    size_t n = strlen(g->endpoint);
    const char *host = strstr(g->endpoint, "://");
    while (n > 0 && g->endpoint[n - 1] == '/')
        n--;
    if (!host ||
        (strncmp(g->endpoint, "http://", 7) != 0 && strncmp(g->endpoint, "https://", 8) != 0))
        return false;
    host += 3;
    size_t scheme = (size_t)(host - g->endpoint);
    if (n <= scheme)
        return false;
    int written = g->path_style ? snprintf(out, size, "%.*s/%s", (int)n, g->endpoint, g->bucket)
                                : snprintf(out, size, "%.*s%s.%.*s", (int)scheme, g->endpoint,
                                           g->bucket, (int)(n - scheme), host);
    return written > 0 && (size_t)written < size;
}

enum pal_code s3_new(const struct s3_settings *g, struct s3 **out, struct pal_error *err)
{
    struct s3 *s = calloc(1, sizeof *s);
    if (!s || pthread_mutex_init(&s->lock, NULL) != 0) {
        free(s);
        return pal_error_set(err, &pal_err_service_internal, "no memory for the object store");
    }
    s->access_key = strdup(g->access_key);
    s->secret_key = strdup(g->secret_key);
    int n = snprintf(s->signer, sizeof s->signer, "aws:amz:%s:s3", g->region);
    enum pal_code code = PAL_OK;
    if (!s->access_key || !s->secret_key)
        code = pal_error_set(err, &pal_err_service_internal, "no memory for the object store");
    else if (!g->bucket[0] || !g->access_key[0] || !g->secret_key[0] || n <= 0 ||
             (size_t)n >= sizeof s->signer || !make_base(g, s->base, sizeof s->base))
        code = pal_error_set(err, &pal_err_service_internal,
                             "PALIQUE_S3_ENDPOINT is http(s)://host[:port], and _BUCKET, "
                             "_ACCESS_KEY and _SECRET_KEY belong to it");
    if (code == PAL_OK)
        *out = s;
    else
        s3_free(s);
    return code;
}

void s3_free(struct s3 *s)
{
    if (!s)
        return;
    while (s->n_idle > 0)
        curl_easy_cleanup(s->idle[--s->n_idle]);
    (void)pthread_mutex_destroy(&s->lock);
    if (s->secret_key)
        explicit_bzero(s->secret_key, strlen(s->secret_key));
    free(s->secret_key);
    free(s->access_key);
    free(s);
}

/* ---- objects ---- */

enum pal_code s3_get(struct s3 *s, const char *key, uint64_t from, size_t n, struct pal_buf *into,
                     struct pal_error *err)
{
    char range[64];
    size_t before = into->n;
    if (n == 0)
        return PAL_OK;
    (void)snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, from, from + n - 1);
    /* Some stores give more than was asked for (all from `from` on, or all there is). */
    struct s3_call c = {.method = "GET",
                        .key = key,
                        .query = "",
                        .fd = -1,
                        .into = into,
                        .range = range,
                        .enough = n};
    enum pal_code code = s3_call(s, &c, 0, err);
    if (code == PAL_OK && (into->n - before != n || (c.status != 206 && from > 0)))
        code =
            pal_error_set(err, &pal_err_service_unavailable, "the object store gave another part");
    return code;
}

enum pal_code s3_read(struct s3 *s, const char *key, struct pal_buf *into, bool *there,
                      struct pal_error *err)
{
    struct s3_call c = {.method = "GET", .key = key, .query = "", .fd = -1, .into = into};
    enum pal_code code = s3_call(s, &c, 404, err);
    *there = code == PAL_OK && c.status != 404;
    return code;
}

enum pal_code s3_remove(struct s3 *s, const char *key, struct pal_error *err)
{
    struct s3_call c = {.method = "DELETE", .key = key, .query = "", .fd = -1};
    return s3_call(s, &c, 404, err);
}

/* ---- in parts ---- */

struct parts {
    struct s3 *s;
    const char *key;
    int fd;
    int64_t size;
    char upload[3 * S3_UPLOAD_ID_MAX + 1]; /* its id, encoded */
    struct pal_buf list;                   /* what ends it */
};

static enum pal_code begin(struct parts *p, struct pal_error *err)
{
    struct pal_buf answer;
    pal_buf_init(&answer, ANSWER_MAX);
    struct s3_call c = {
        .method = "POST", .key = p->key, .query = "uploads=", .fd = -1, .into = &answer};
    enum pal_code code = s3_call(p->s, &c, 0, err);
    if (code == PAL_OK &&
        (!s3_encode(xml_text(pal_buf_view(&answer), "UploadId", NULL), p->upload) || !p->upload[0]))
        code = pal_error_set(err, &pal_err_service_unavailable, "the object store gave no id");
    pal_buf_fini(&answer);
    return code;
}

static bool tag_ok(const char *tag)
{
    return tag[0] && strspn(tag, "\"-0123456789abcdefABCDEF") == strlen(tag);
}

static enum pal_code send_part(struct parts *p, int number, int64_t offset, int64_t n,
                               struct pal_error *err)
{
    char query[3 * S3_UPLOAD_ID_MAX + 64];
    (void)snprintf(query, sizeof query, "partNumber=%d&uploadId=%s", number, p->upload);
    struct s3_call c = {
        .method = "PUT", .key = p->key, .query = query, .fd = p->fd, .offset = offset, .size = n};
    enum pal_code code = s3_call(p->s, &c, 0, err);
    if (code == PAL_OK && !tag_ok(c.tag))
        code = pal_error_set(err, &pal_err_service_unavailable, "the object store gave no ETag");
    pal_buf_printf(&p->list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", number,
                   c.tag);
    return code;
}

/* It may say 200 and that it failed. */
static enum pal_code complete(struct parts *p, struct pal_error *err)
{
    char query[3 * S3_UPLOAD_ID_MAX + 64];
    struct pal_buf answer;
    (void)snprintf(query, sizeof query, "uploadId=%s", p->upload);
    pal_buf_z(&p->list, "</CompleteMultipartUpload>");
    if (p->list.failed)
        return pal_error_set(err, &pal_err_service_internal, "no memory for the parts");
    pal_buf_init(&answer, ANSWER_MAX);
    struct s3_call c = {.method = "POST",
                        .key = p->key,
                        .query = query,
                        .fd = -1,
                        .body = pal_buf_view(&p->list),
                        .into = &answer};
    enum pal_code code = s3_call(p->s, &c, 0, err);
    if (code == PAL_OK && !xml_text(pal_buf_view(&answer), "ETag", NULL).p)
        code = pal_error_set(err, &pal_err_service_unavailable, "the parts were not put together");
    pal_buf_fini(&answer);
    return code;
}

enum pal_code s3_give_up(struct s3 *s, const char *key, const char *upload, struct pal_error *err)
{
    char query[3 * S3_UPLOAD_ID_MAX + 64];
    (void)snprintf(query, sizeof query, "uploadId=%s", upload);
    struct s3_call c = {.method = "DELETE", .key = key, .query = query, .fd = -1};
    return s3_call(s, &c, 404, err);
}

/* What stays is found a day later (s3_list.h). */
static void give_up(const struct parts *p)
{
    struct pal_error err = {0};
    if (s3_give_up(p->s, p->key, p->upload, &err) != PAL_OK)
        pal_log(PAL_WARN, "parts of an upload stay in the object store", PAL_LS("key", p->key));
}

static enum pal_code put_in_parts(struct parts *p, struct pal_error *err)
{
    int64_t each = PART_BYTES;
    while (p->size / each >= PARTS_MAX)
        each *= 2;
    enum pal_code code = begin(p, err);
    if (code != PAL_OK)
        return code;
    pal_buf_init(&p->list, (size_t)PARTS_MAX * 256);
    pal_buf_z(&p->list, "<CompleteMultipartUpload>");
    for (int64_t at = 0, number = 1; code == PAL_OK && at < p->size; at += each, number++) {
        int64_t left = p->size - at;
        code = send_part(p, (int)number, at, left < each ? left : each, err);
    }
    if (code == PAL_OK)
        code = complete(p, err);
    if (code != PAL_OK)
        give_up(p);
    pal_buf_fini(&p->list);
    return code;
}

enum pal_code s3_put(struct s3 *s, const char *key, int fd, int64_t size, struct pal_error *err)
{
    struct parts p = {.s = s, .key = key, .fd = fd, .size = size};
    struct s3_call c = {.method = "PUT", .key = key, .query = "", .fd = fd, .size = size};
    return size > PART_BYTES ? put_in_parts(&p, err) : s3_call(s, &c, 0, err);
}
