/* Answers of the file routes: problems with the header of tus, commands to the own lanes. */
#include "files/files.h"

#include "base/clock.h"
#include "gen/catalogue.h"
#include "proto/validate.h"

#include <stdio.h>

enum { WITHIN_MS = 10000, PROBLEM_MAX = 16 << 10 };

bool path_has_id(const struct pal_http *r)
{
    uint64_t id;
    return pal_parse_u64(pal_http_param(r, "file_id"), &id) && id > 0 && id <= (uint64_t)PAL_ID_MAX;
}

bool path_is_tus(const struct pal_http *r)
{
    return path_has_id(r) && pal_http_header(r, "Tus-Resumable").p;
}

/* What the catalogue has under a file is no name of it. */
bool path_has_name(const struct pal_http *r)
{
    struct pal_str name = pal_http_param(r, "filename");
    return path_has_id(r) && !pal_str_eq(name, PAL_STR("info")) &&
           !pal_str_eq(name, PAL_STR("url"));
}

uint64_t files_id(const struct pal_http *r)
{
    uint64_t id = 0;
    (void)pal_parse_u64(pal_http_param(r, "file_id"), &id);
    return id;
}

bool files_tus(struct pal_http *r)
{
    if (pal_str_eq(pal_http_header(r, "Tus-Resumable"), PAL_STR(TUS_VERSION)))
        return true;
    files_refuse(r, true, &pal_err_file_version, "Tus-Resumable must be " TUS_VERSION);
    return false;
}

bool files_authenticate(struct pal_http *r, bool tus, struct pal_claims *out)
{
    if (pal_http_origin_ok(r))
        return pal_http_authenticate(r, out);
    files_refuse(r, tus, &pal_err_origin_denied, pal_err_origin_denied.title);
    return false;
}

void files_ask(struct files *home, struct pal_http *r, const struct pal_claims *claims,
               uint16_t command, struct pal_str body, pal_local_fn *done, void *arg)
{
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = command,
                                .caller = {.role = PAL_ROLE_SERVICE},
                                .deadline_ms = (uint64_t)(pal_now_ms() + WITHIN_MS),
                                .body = body};
    if (claims) {
        request.caller.user = claims->user;
        request.caller.org = claims->org;
        request.caller.session = claims->session;
    }
    if (r)
        pal_http_trace(r, request.trace);
    pal_service_submit(home->front.service, &request, home->front.loop, done, arg);
}

static void send_problem(struct pal_http *r, bool tus, unsigned status, struct pal_str body,
                         uint32_t retry_ms)
{
    struct pal_http_header_line lines[4];
    char seconds[16];
    size_t n = 0;
    if (tus) {
        lines[n++] = (struct pal_http_header_line){"Tus-Resumable", TUS_VERSION};
        lines[n++] = (struct pal_http_header_line){"Tus-Version", TUS_VERSION};
    }
    if (status == 423 || status == 429 || status == 503) {
        (void)snprintf(seconds, sizeof seconds, "%u", retry_ms ? (retry_ms + 999) / 1000 : 1);
        lines[n++] = (struct pal_http_header_line){"Retry-After", seconds};
    }
    pal_http_send(r, status, "application/problem+json", body, lines, n);
}

void files_fail(struct pal_http *r, bool tus, const struct pal_error *err)
{
    struct pal_buf body;
    const struct pal_err_def *def = err->def ? err->def : &pal_err_service_internal;
    pal_buf_init(&body, PROBLEM_MAX);
    pal_problem_write(err, pal_str_of(pal_http_request_id(r)), &body);
    send_problem(r, tus, def->status, pal_buf_view(&body), err->retry_after_ms);
    pal_buf_fini(&body);
}

void files_refuse(struct pal_http *r, bool tus, const struct pal_err_def *def, const char *why)
{
    struct pal_error err = {0};
    (void)pal_error_set(&err, def, "%s", why);
    files_fail(r, tus, &err);
}

void files_refused(struct pal_http *r, bool tus, const struct pal_frame *reply)
{
    send_problem(r, tus, reply->status, reply->body, 0);
}

void files_outside(struct pal_http *r, const char *range)
{
    const struct pal_http_header_line line = {"Content-Range", range};
    struct pal_error err = {0};
    struct pal_buf body;
    (void)pal_error_set(&err, &pal_err_file_range, "the file has %s", range);
    pal_buf_init(&body, PROBLEM_MAX);
    pal_problem_write(&err, pal_str_of(pal_http_request_id(r)), &body);
    pal_http_send(r, 416, "application/problem+json", pal_buf_view(&body), &line, 1);
    pal_buf_fini(&body);
}
