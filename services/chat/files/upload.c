/* upload.h: the steps. */
#include "files/upload.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { UPLOADS_MAX = 2000 };

static void next_piece(struct upload *u);
static void on_gone(void *data);

/* ---- life ---- */

struct upload *upload_new(struct files *home, struct pal_http *r, const struct pal_claims *claims,
                          enum upload_kind kind)
{
    struct upload *u = NULL;
    if (home->data->storage && !home->draining && home->open < UPLOADS_MAX)
        u = calloc(1, sizeof *u);
    if (!u) {
        files_refuse(r, kind == UPLOAD_TUS, &pal_err_service_unavailable,
                     "no uploads are taken at the moment");
        return NULL;
    }
    *u = (struct upload){.home = home, .r = r, .claims = *claims, .kind = kind, .part.fd = -1};
    pal_buf_init(&u->piece, UPLOAD_PIECE + PAL_HTTP_PIECE_OVER);
    pal_list_append(&home->uploads, &u->link);
    home->open++;
    pal_http_set_data(r, u, on_gone);
    return u;
}

void upload_end(struct upload *u)
{
    u->home->open--;
    pal_list_remove(&u->link);
    part_close(&u->part);
    multipart_fini(&u->form);
    pal_buf_fini(&u->piece);
    EVP_MD_CTX_free(u->check);
    free(u);
}

static struct pal_http *leave(struct upload *u)
{
    struct pal_http *r = u->r;
    u->r = NULL;
    return r;
}

static void on_forgotten(void *arg, const struct pal_frame *reply)
{
    (void)reply;
    upload_end(arg);
}

/* A plain upload that fails leaves nothing; one of tus can be continued. */
static void wind_up(struct upload *u)
{
    char body[64];
    if (u->kind == UPLOAD_TUS || u->id == 0) {
        upload_end(u);
        return;
    }
    part_close(&u->part);
    (void)snprintf(body, sizeof body, "{\"file_id\":%" PRIu64 "}", u->id);
    files_ask(u->home, NULL, &u->claims, PAL_CMD_FILE_DELETE, pal_str_of(body), on_forgotten, u);
}

void upload_fail(struct upload *u)
{
    struct pal_http *r = leave(u);
    if (r)
        files_fail(r, u->kind == UPLOAD_TUS, &u->err);
    wind_up(u);
}

void upload_refuse(struct upload *u, const struct pal_err_def *def, const char *why)
{
    (void)pal_error_set(&u->err, def, "%s", why);
    upload_fail(u);
}

void upload_refused(struct upload *u, const struct pal_frame *reply)
{
    struct pal_http *r = leave(u);
    if (r)
        files_refused(r, u->kind == UPLOAD_TUS, reply);
    wind_up(u);
}

/* ---- the pool ---- */

static void worked(void *arg)
{
    struct upload *u = arg;
    if (u->code != PAL_OK)
        upload_fail(u);
    else
        u->next(u);
}

static void do_work(void *arg)
{
    struct upload *u = arg;
    u->work(u);
}

static void run_in(struct pool *pool, struct upload *u, void (*work)(struct upload *u),
                   void (*next)(struct upload *u))
{
    u->work = work;
    u->next = next;
    if (!pool_run(pool, do_work, worked, u))
        upload_refuse(u, &pal_err_service_unavailable, "too much is being written");
}

static void run(struct upload *u, void (*work)(struct upload *u), void (*next)(struct upload *u))
{
    run_in(u->home->pool, u, work, next);
}

/* ---- the end ---- */

static void end_of(struct upload *u)
{
    upload_end(u);
}

static void on_finished(void *arg, const struct pal_frame *reply)
{
    struct upload *u = arg;
    char why[80];
    if (reply->status == 503 || reply->status == 504) {
        upload_refused(u, reply); /* nobody knows whether it was done */
        return;
    }
    json_t *o = reply->status < 300 ? pal_json_parse(reply->body, why) : NULL;
    bool kept = pal_str_eq(pal_json_str(o, "kept"), pal_str_of(u->stored.location));
    json_decref(o);
    upload_answer_finished(u, reply);
    u->r = NULL;
    if (kept)
        upload_end(u);
    else
        run(u, upload_work_discard, end_of);
}

/* Of a form the name is known only now. */
static void add_name(json_t *o, struct pal_str name)
{
    char clean[FILENAME_MAX_BYTES + 1], encoded[FILENAME_URL_MAX + 1];
    filename_clean(name, clean);
    filename_encode(pal_str_of(clean), encoded);
    (void)json_object_set_new(o, "filename", json_string(clean));
    (void)json_object_set_new(o, "url_name", json_string(encoded));
}

static void finish(struct upload *u)
{
    char hash[2 * STORAGE_HASH + 1];
    struct pal_buf body;
    pal_hex_encode(u->stored.hash, STORAGE_HASH, hash);
    json_t *o = json_pack("{sI ss ss ss sI}", "file_id", (json_int_t)u->id, "hash", hash,
                          "location", u->stored.location, "mime_type", u->stored.mime_type, "size",
                          (json_int_t)u->size);
    if (u->kind == UPLOAD_FORM)
        add_name(o, (struct pal_str){u->form.filename, u->form.filename_n});
    pal_buf_init(&body, 8192);
    (void)pal_json_dump(o, &body);
    json_decref(o);
    files_ask(u->home, u->r, &u->claims, PAL_CMD_FILE_FINISH, pal_buf_view(&body), on_finished, u);
    pal_buf_fini(&body);
}

/* ---- progress ---- */

static void take_expiry(struct upload *u, struct pal_str body)
{
    char why[80];
    json_t *o = pal_json_parse(body, why);
    struct pal_str at = pal_json_str(o, "expires_at");
    (void)snprintf(u->expires, sizeof u->expires, "%.*s", (int)at.n, at.n ? at.p : "");
    json_decref(o);
}

static void on_progress(void *arg, const struct pal_frame *reply)
{
    struct upload *u = arg;
    if (reply->status != 200) {
        upload_refused(u, reply);
        return;
    }
    take_expiry(u, reply->body);
    u->synced = u->part.offset;
    if (!u->last) {
        next_piece(u);
        return;
    }
    upload_answer_progress(u);
    upload_end(u);
}

static void tell_progress(struct upload *u)
{
    char body[96];
    (void)snprintf(body, sizeof body, "{\"file_id\":%" PRIu64 ",\"received\":%" PRId64 "}", u->id,
                   u->part.offset);
    files_ask(u->home, u->r, &u->claims, PAL_CMD_FILE_PROGRESS, pal_str_of(body), on_progress, u);
}

/* ---- the body ---- */

/* The client has said all, or has left. */
static void wrap(struct upload *u)
{
    bool whole = u->kind == UPLOAD_FORM ? multipart_complete(&u->form) : u->part.offset == u->size;
    if (whole)
        run_in(u->home->finishers, u, upload_work_finish, finish);
    else if (u->kind == UPLOAD_TUS)
        run(u, upload_work_sync, tell_progress);
    else
        upload_refuse(u, &pal_err_request_malformed, "the body ends too early");
}

static void on_written(struct upload *u)
{
    pal_buf_clear(&u->piece);
    if (!u->r)
        u->last = true;
    if (u->last && u->check && !u->r)
        upload_end(u); /* what cannot be checked is not kept */
    else if (u->last && u->check)
        run(u, upload_work_check, wrap);
    else if (u->last)
        wrap(u);
    else if (u->kind == UPLOAD_TUS && !u->check && u->part.offset - u->synced >= UPLOAD_SYNC_EVERY)
        run(u, upload_work_sync, tell_progress);
    else
        next_piece(u);
}

static void on_piece(void *data, bool last)
{
    struct upload *u = data;
    u->reading = false;
    u->last = last;
    if (u->piece.n > 0)
        run(u, upload_work_write, on_written);
    else
        on_written(u);
}

static void next_piece(struct upload *u)
{
    if (!u->r || u->home->draining) {
        on_piece(u, true);
        return;
    }
    u->reading = true;
    pal_http_read(u->r, &u->piece, UPLOAD_PIECE, on_piece);
}

/* Between two steps the next one sees it. */
static void on_gone(void *data)
{
    struct upload *u = data;
    u->r = NULL;
    if (u->reading && !u->home->ended)
        on_piece(u, true);
}

void upload_run(struct upload *u)
{
    u->synced = u->start;
    run(u, upload_work_open, next_piece);
}

/* ---- the end of the process ---- */

void uploads_drain(struct files *home)
{
    PAL_LIST_EACH(it, &home->uploads) {
        struct upload *u = PAL_CONTAINER(it, struct upload, link);
        if (!u->reading)
            continue;
        files_refuse(leave(u), u->kind == UPLOAD_TUS, &pal_err_service_unavailable,
                     "the service is ending");
        on_piece(u, true);
    }
}

void uploads_free(struct files *home)
{
    PAL_LIST_EACH(it, &home->uploads) {
        upload_end(PAL_CONTAINER(it, struct upload, link));
    }
}
