/* s3_list.h: ListObjectsV2 and ListMultipartUploads. */
#include "files/s3_list.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/location.h"
#include "domain/xml_text.h"
#include "files/s3_call.h"
#include "gen/catalogue.h"

#include <stdio.h>

enum { LIST_MAX = 1 << 20, NOT_IMPLEMENTED = 501 };

static bool take_time(struct pal_str xml, const char *name, int64_t *ms)
{
    return pal_iso_parse(xml_text(xml, name, NULL), ms);
}

/* Those whose names or times are not understood are not ours to judge. */
static void take_object(struct pal_str xml, struct lying_list *out)
{
    struct pal_str key = xml_text(xml, "Key", NULL);
    struct lying one = {.file = location_file(key)};
    if (one.file == 0 || key.n >= sizeof one.location ||
        !take_time(xml, "LastModified", &one.changed_ms) || out->n == out->max)
        return;
    (void)snprintf(one.location, sizeof one.location, "%.*s", (int)key.n, key.p);
    out->items[out->n++] = one;
}

static enum pal_code ask(struct s3 *s, const char *query, long also, struct pal_buf *answer,
                         long *status, struct pal_error *err)
{
    struct s3_call c = {.method = "GET", .key = "", .query = query, .fd = -1, .into = answer};
    enum pal_code code = s3_call(s, &c, also, err);
    *status = c.status;
    return code;
}

enum pal_code s3_list(struct s3 *s, const char *place, const char *after, struct lying_list *out,
                      bool *end, struct pal_error *err)
{
    char query[256 + 3 * STORAGE_LOCATION_MAX], from[3 * STORAGE_LOCATION_MAX + 1];
    struct pal_buf answer;
    struct pal_str one, rest;
    long status = 0;
    if (!s3_encode(pal_str_of(after), from))
        return pal_error_set(err, &pal_err_service_internal, "a location is too long");
    (void)snprintf(query, sizeof query, "list-type=2&max-keys=%zu&prefix=%s%%2F%s%s", out->max,
                   place, from[0] ? "&start-after=" : "", from);
    pal_buf_init(&answer, LIST_MAX);
    enum pal_code code = ask(s, query, 0, &answer, &status, err);
    rest = pal_buf_view(&answer);
    if (code == PAL_OK)
        *end = !pal_str_eq(xml_text(rest, "IsTruncated", NULL), PAL_STR("true"));
    while (code == PAL_OK && (one = xml_element(rest, "Contents", &rest)).p)
        take_object(one, out);
    if (code == PAL_OK && !*end && out->n == 0)
        *end = true; /* names that are not ours fill it: nothing of ours comes after them */
    pal_buf_fini(&answer);
    return code;
}

/* ---- uploads in parts ---- */

static enum pal_code end_upload(struct s3 *s, struct pal_str xml, int64_t before_ms,
                                struct pal_error *err)
{
    char key[STORAGE_LOCATION_MAX], id[3 * S3_UPLOAD_ID_MAX + 1];
    struct pal_str name = xml_text(xml, "Key", NULL);
    int64_t begun = 0;
    if (location_file(name) == 0 || name.n >= sizeof key || !take_time(xml, "Initiated", &begun) ||
        begun >= before_ms || !s3_encode(xml_text(xml, "UploadId", NULL), id) || !id[0])
        return PAL_OK;
    (void)snprintf(key, sizeof key, "%.*s", (int)name.n, name.p);
    return s3_give_up(s, key, id, err);
}

enum pal_code s3_end_uploads(struct s3 *s, int64_t before_ms, struct pal_error *err)
{
    struct pal_buf answer;
    struct pal_str one, rest;
    long status = 0;
    pal_buf_init(&answer, LIST_MAX);
    enum pal_code code = ask(s, "max-uploads=500&prefix=objects%2F&uploads=", NOT_IMPLEMENTED,
                             &answer, &status, err);
    rest = status == NOT_IMPLEMENTED ? (struct pal_str){NULL, 0} : pal_buf_view(&answer);
    while (code == PAL_OK && (one = xml_element(rest, "Upload", &rest)).p)
        code = end_upload(s, one, before_ms, err);
    pal_buf_fini(&answer);
    return code;
}
