/* What the files of this folder share. Front thread only, but for what the pool's threads do to an
 * upload while it waits for them. */
#ifndef CHAT_FILES_FILES_H
#define CHAT_FILES_FILES_H

#include "base/list.h"
#include "files/pool.h"
#include "files/storage.h"
#include "front/local_front.h"
#include "settings.h"

#define TUS_VERSION "1.0.0"

struct files {
    struct pal_local_front front; /* first: the context of the special routes */
    const struct chat_settings *settings;
    const struct chat_data *data;
    struct pool *pool;
    struct pool *finishers; /* hash and store whole files: others do not wait for that */
    struct pal_list uploads, flows;
    size_t n_flows;
    size_t open; /* uploads, and downloads that wait for an answer */
    bool draining;
    bool ended; /* the loop runs no more */
};

/* The special routes. */
void tus_options(void *ctx, struct pal_http *r);
void tus_head(void *ctx, struct pal_http *r);
void tus_delete(void *ctx, struct pal_http *r);
void upload_post(void *ctx, struct pal_http *r);
void upload_patch(void *ctx, struct pal_http *r);
void upload_override(void *ctx, struct pal_http *r); /* POST that stands for another method */
void download_get(void *ctx, struct pal_http *r);
bool path_has_id(const struct pal_http *r);
bool path_is_tus(const struct pal_http *r); /* a DELETE of tus, not of the catalogue */
bool path_has_name(const struct pal_http *r);

/* upload.c: gives up what is being read, keeping what came; the clients are told to come back. */
void uploads_drain(struct files *home);
/* Frees what is left, when the loop has ended. */
void uploads_free(struct files *home);

/* answer.c */
uint64_t files_id(const struct pal_http *r); /* of the path */
/* Has it a Tus-Resumable that is spoken here? False: answered. */
bool files_tus(struct pal_http *r);
/* The caller of a request that changes something: a cookie that comes by itself from another site
 * is none. False: answered. */
bool files_authenticate(struct pal_http *r, bool tus, struct pal_claims *out);
/* A command of chat, as this caller or, without claims, as nobody in particular. done gets the
 * reply once. */
void files_ask(struct files *home, struct pal_http *r, const struct pal_claims *claims,
               uint16_t command, struct pal_str body, pal_local_fn *done, void *arg);
void files_fail(struct pal_http *r, bool tus, const struct pal_error *err);
void files_refuse(struct pal_http *r, bool tus, const struct pal_err_def *def, const char *why);
/* 416, with the Content-Range. */
void files_outside(struct pal_http *r, const char *range);
/* Passes on what a command has refused. */
void files_refused(struct pal_http *r, bool tus, const struct pal_frame *reply);

#endif
