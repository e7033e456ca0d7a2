/* What the client of an upload is told at its end. */
#include "files/upload.h"

#include "base/clock.h"
#include "base/json.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* Upload-Expires is an IMF-fixdate (RFC 9110 §5.6.7). */
static void http_date(const char *iso, char out[40])
{
    int64_t ms = 0;
    struct tm t = {0};
    out[0] = '\0';
    if (!pal_iso_parse(pal_str_of(iso), &ms))
        return;
    time_t seconds = (time_t)(ms / 1000);
    if (gmtime_r(&seconds, &t))
        (void)strftime(out, 40, "%a, %d %b %Y %H:%M:%S GMT", &t);
}

struct tus_lines {
    char offset[24], location[48], expires[40];
    struct pal_http_header_line lines[6];
    size_t n;
};

static void add(struct tus_lines *t, const char *name, const char *value)
{
    if (value[0])
        t->lines[t->n++] = (struct pal_http_header_line){name, value};
}

static void fill(struct tus_lines *t, const struct upload *u, int64_t offset)
{
    (void)snprintf(t->offset, sizeof t->offset, "%" PRId64, offset);
    (void)snprintf(t->location, sizeof t->location, "/files/%" PRIu64, u->id);
    http_date(u->expires, t->expires);
    add(t, "Tus-Resumable", TUS_VERSION);
    add(t, "Upload-Offset", t->offset);
    add(t, "Upload-Expires", t->expires);
    if (u->creates)
        add(t, "Location", t->location);
}

void upload_answer_progress(struct upload *u)
{
    struct tus_lines t = {0};
    if (!u->r)
        return;
    fill(&t, u, u->part.offset);
    pal_http_send(u->r, u->creates ? 201 : 204, NULL, (struct pal_str){NULL, 0}, t.lines, t.n);
    u->r = NULL;
}

void upload_answer_finished(struct upload *u, const struct pal_frame *reply)
{
    struct tus_lines t = {0};
    char why[80];
    if (!u->r)
        return;
    if (reply->status >= 300) {
        files_refused(u->r, u->kind == UPLOAD_TUS, reply);
        return;
    }
    if (u->kind == UPLOAD_TUS) {
        u->expires[0] = '\0'; /* of uploads that are not complete */
        fill(&t, u, u->size);
        pal_http_send(u->r, u->creates ? 201 : 204, NULL, (struct pal_str){NULL, 0}, t.lines, t.n);
        return;
    }
    struct pal_buf body;
    json_t *o = pal_json_parse(reply->body, why);
    pal_buf_init(&body, PAL_FRAME_BODY_MAX);
    (void)pal_json_dump(json_object_get(o, "file"), &body);
    (void)snprintf(t.location, sizeof t.location, "/files/%" PRIu64, u->id);
    add(&t, "Location", t.location);
    pal_http_send(u->r, 201, "application/json", pal_buf_view(&body), t.lines, t.n);
    pal_buf_fini(&body);
    json_decref(o);
}
