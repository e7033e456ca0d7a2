/* An upload: a request whose body becomes a file, or a piece of one (tus).
 *
 * It does one thing at a time: reads a piece from the client, has the pool write it, asks the
 * lanes; each step says what comes next. A client that leaves is noticed in between; what it has
 * sent is kept where it can come back for it. */
#ifndef CHAT_FILES_UPLOAD_H
#define CHAT_FILES_UPLOAD_H

#include "base/buf.h"
#include "domain/filename.h"
#include "domain/multipart.h"
#include "domain/tus.h"
#include "files/files.h"

enum upload_kind { UPLOAD_TUS, UPLOAD_RAW, UPLOAD_FORM };

enum { UPLOAD_PIECE = 256 << 10, UPLOAD_SYNC_EVERY = 16 << 20 };

struct upload {
    struct pal_list link; /* files->uploads */
    struct files *home;
    struct pal_http *r; /* NULL: the client is gone, or was answered */
    struct pal_claims claims;
    enum upload_kind kind;
    bool creates; /* the answer is 201 */
    uint64_t id;  /* of the file; 0: not made yet */
    int64_t size; /* TUS, RAW: of the whole; FORM: at most */
    int64_t start, synced;
    char expires[48]; /* of Upload-Expires */
    struct part part;
    struct pal_buf piece;
    struct multipart form;
    enum tus_checksum checksum;
    uint8_t digest[TUS_DIGEST_MAX];
    EVP_MD_CTX *check; /* owned */
    struct stored stored;
    enum pal_code code; /* of what the pool did */
    struct pal_error err;
    void (*next)(struct upload *u); /* after what the pool does */
    void (*work)(struct upload *u);
    bool reading, last, failed;
};

/* upload.c: the claims are checked. Takes part in nothing yet; NULL: answered. */
struct upload *upload_new(struct files *home, struct pal_http *r, const struct pal_claims *claims,
                          enum upload_kind kind);
/* From here on it runs by itself: opens the part at `start` and reads. */
void upload_run(struct upload *u);
/* Answers with u->err, or what is given, and ends it. */
void upload_fail(struct upload *u);
void upload_refuse(struct upload *u, const struct pal_err_def *def, const char *why);
void upload_refused(struct upload *u, const struct pal_frame *reply);
void upload_end(struct upload *u);

/* upload_work.c: what the pool's threads do with it. */
void upload_work_open(struct upload *u);
void upload_work_write(struct upload *u);
void upload_work_sync(struct upload *u);
void upload_work_check(struct upload *u); /* the checksum; a wrong one cuts the piece off */
void upload_work_finish(struct upload *u);
void upload_work_discard(struct upload *u);

/* upload_answer.c */
void upload_answer_progress(struct upload *u);
void upload_answer_finished(struct upload *u, const struct pal_frame *reply);

#endif
